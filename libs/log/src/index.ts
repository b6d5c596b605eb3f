export { LastingLog } from './lasting-log.js';
