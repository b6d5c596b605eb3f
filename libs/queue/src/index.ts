export { type ExportJob, ExportQueue } from './export-queue.js';
export {
  chooseQueueBackend,
  EXPORT_QUEUE,
  migrateQueue,
  type OutageBehaviour,
  QUEUE_SCHEMA,
  queueConnection,
} from './queue-backend.js';
export { QueueModule } from './queue.module.js';
