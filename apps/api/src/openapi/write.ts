import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { createDescribedApplication } from './described-application.js';
import { describeApi } from './document.js';

/** `node dist/apps/api/src/openapi/write.js FILE`: writes the description without a server of any kind. */
const [, , path] = process.argv;
if (path === undefined) throw new Error('usage: write.js FILE');
const app = await createDescribedApplication();
await writeFile(path, `${JSON.stringify(describeApi(app), null, 2)}\n`);
