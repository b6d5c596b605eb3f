import { describeWorker } from '../testing/worker-rules.js';

describeWorker('PostgreSQL', () => undefined);
