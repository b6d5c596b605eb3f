import { bootstrap } from './bootstrap.mjs';

await bootstrap('operate/main.ts');
