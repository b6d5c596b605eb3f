import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../machine/ports.ts';
import { findProgram } from '../../machine/programs.ts';
import { launchProcess, type Running } from '../../machine/running.ts';

/** A bare nginx that sends the files of one folder by sendfile: what a download is measured against. */
export class Nginx {
  readonly url: string;
  private readonly running: Running;

  private constructor(url: string, running: Running) {
    this.url = url;
    this.running = running;
  }

  /** Undefined where nginx is not installed. */
  static async start(folder: string, files: string): Promise<Nginx | undefined> {
    const program = findProgram('nginx');
    if (program === undefined) return undefined;
    const home = join(folder, 'nginx');
    mkdirSync(home);
    const port = await freePort();
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${home}/${name};`,
    );
    writeFileSync(
      join(home, 'nginx.conf'),
      `daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log;
       ${process.getuid?.() === 0 ? 'user root;' : ''}
       events {}
       http { access_log off; sendfile on; ${places.join(' ')}
         server { listen 127.0.0.1:${port}; location / { root ${files}; } } }`,
    );
    const running = launchProcess({
      command: program,
      args: ['-e', join(home, 'error.log'), '-p', home, '-c', join(home, 'nginx.conf')],
      env: { PATH: process.env['PATH'] },
      cwd: home,
      output: 'inherit',
    });
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 100; tries += 1) {
      if (
        await fetch(url).then(
          () => true,
          () => false,
        )
      )
        return new Nginx(url, running);
      await sleep(100);
    }
    running.killGroup();
    throw new Error(`nginx does not answer; its words are in ${home}/error.log`);
  }

  async stop(): Promise<void> {
    this.running.kill('SIGQUIT');
    await this.running.exited;
  }
}
