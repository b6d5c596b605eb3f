/**
 * Every screen in every state once, with axe run on each: `node angular-admin/testing/check-scenes.ts` after
 * `npm run build`. Exit status 1 when axe, the console or the page's width has something to say.
 */
import { checkShots, launchChromium, oneShotEach } from './scene-check.ts';

const shots = oneShotEach();
const browser = await launchChromium();
const complaints = await checkShots(browser, shots);
await browser.close();
for (const complaint of complaints) console.error(complaint);
console.log(`${String(shots.length)} scenes, ${String(complaints.length)} complaints`);
process.exitCode = complaints.length === 0 ? 0 : 1;
