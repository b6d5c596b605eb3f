import type { ServiceConfig } from '#lib/config';
import { BullModule } from '@nestjs/bullmq';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { ExportQueue } from './export-queue.js';
import { EXPORT_QUEUE, type OutageBehaviour, queueConnection } from './queue-backend.js';

/** The queue of exports on the chosen backend; {@link chooseQueueBackend} comes first. */
@Global()
@Module({})
export class QueueModule {
  static forRoot(config: Pick<ServiceConfig, 'redisUrl' | 'databaseUrl'>, outage: OutageBehaviour): DynamicModule {
    return {
      module: QueueModule,
      imports: [
        BullModule.forRoot({ connection: queueConnection(config, outage), prefix: 'pgexport' }),
        BullModule.registerQueue({
          name: EXPORT_QUEUE,
          // The table of exports keeps the history; the queue keeps nothing that is done.
          defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
        }),
      ],
      providers: [ExportQueue],
      exports: [ExportQueue, BullModule],
    };
  }
}
