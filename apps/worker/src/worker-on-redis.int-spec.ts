import { describeWorker } from '../testing/worker-rules.js';

describeWorker('Redis', () => {
  const url = process.env['TEST_REDIS_URL'];
  if (url === undefined) throw new Error('There is no Redis to test against: run "npm test".');
  // A number of its own, because the queue's name is the same for everybody.
  return `${url}/7`;
});
