/**
 * Every screen in every state, both languages, both themes, desk and phone, with axe run on each:
 * `node angular-admin/testing/screenshots.ts FOLDER [pattern of scene.language.theme.size]` after `npm run build`.
 * Exit status 1 when axe, the console or the page's width has something to say.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { allShots, checkShots, launchChromium, nameOf } from './scene-check.ts';

const [folder = 'shots', pattern = ''] = process.argv.slice(2);
const wanted = new RegExp(pattern);

mkdirSync(folder, { recursive: true });
const browser = await launchChromium();
const shots = allShots().filter((shot) => wanted.test(nameOf(shot)));
const complaints = await checkShots(browser, shots, (shot) => join(folder, `${nameOf(shot)}.png`));
await browser.close();
for (const complaint of complaints) console.error(complaint);
console.log(`${String(complaints.length)} complaints; pictures in ${folder}`);
process.exitCode = complaints.length === 0 ? 0 : 1;
