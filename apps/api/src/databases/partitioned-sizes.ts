import type { CatalogRelation } from '#lib/dump-engine';

/** Partitioned tables with what their partitions have together: they hold nothing themselves, and are picked as a whole. */
export function withPartitions(relations: readonly CatalogRelation[]): CatalogRelation[] {
  const children = Map.groupBy(
    relations.flatMap((relation) => relation.parents.map((parent) => ({ parent, relation }))),
    ({ parent }) => parent,
  );
  const sum = (relation: CatalogRelation): Pick<CatalogRelation, 'sizeBytes' | 'estimatedRows'> => {
    if (relation.kind !== 'partitioned table') return relation;
    const parts = (children.get(relation.oid) ?? []).map((child) => sum(child.relation));
    return {
      sizeBytes: parts.reduce((total, part) => total + part.sizeBytes, 0),
      estimatedRows: parts.reduce((total, part) => total + part.estimatedRows, 0),
    };
  };
  return relations.map((relation) => ({ ...relation, ...pick(sum(relation)) }));
}

function pick({ sizeBytes, estimatedRows }: Pick<CatalogRelation, 'sizeBytes' | 'estimatedRows'>) {
  return { sizeBytes, estimatedRows };
}
