import { setTimeout as sleep } from 'node:timers/promises';
import { exitWords, type Running } from '../machine/running.ts';

/** How long a process may take to leave when it is asked to, beyond the grace that it gives its exports. */
const LEAVE_MILLISECONDS = 40_000;
/** A start gives up after so long when the database does not come. */
const START_MILLISECONDS = 60_000;
const RESTART_MILLISECONDS = 1_000;

/** One process of the product, and its supervisor: whoever dies is started again, and a death that nobody caused is told. */
export class Process {
  private running: Running;
  private isWished = false;
  private isRetired = false;
  private excusedUntil = 0;
  private readonly name: string;
  private readonly launch: () => Running;
  private readonly complain: (words: string) => void;

  constructor(name: string, running: Running, launch: () => Running, complain: (words: string) => void) {
    this.name = name;
    this.running = running;
    this.launch = launch;
    this.complain = complain;
    this.guard(running);
  }

  get pid(): number | undefined {
    return this.running.pid;
  }

  /** Kills it, and starts it again after a while. */
  async kill(downSeconds: number): Promise<void> {
    await this.end('SIGKILL', downSeconds);
  }

  /** Asks it to leave, and starts it again after a while; one that does not leave is told of. */
  async leave(downSeconds: number): Promise<void> {
    const { running } = this;
    const late = setTimeout(() => {
      this.complain(`${this.name} did not leave within ${LEAVE_MILLISECONDS / 1_000} s of SIGTERM`);
      running.kill('SIGKILL');
    }, LEAVE_MILLISECONDS);
    await this.end('SIGTERM', downSeconds);
    clearTimeout(late);
  }

  async freeze(seconds: number): Promise<void> {
    const { running } = this;
    running.kill('SIGSTOP');
    await sleep(seconds * 1_000);
    running.kill('SIGCONT');
  }

  /** What it can't start without is away at the moment. */
  excuse(): void {
    this.excusedUntil = Date.now() + START_MILLISECONDS;
  }

  /** It is not started again any more. */
  retire(): Promise<void> {
    this.isRetired = true;
    return Promise.resolve();
  }

  private async end(signal: 'SIGKILL' | 'SIGTERM', downSeconds: number): Promise<void> {
    const { running } = this;
    this.isWished = true;
    running.kill(signal);
    await running.exited;
    await sleep(downSeconds * 1_000);
    this.startAgain();
  }

  private guard(running: Running): void {
    void running.exited.then(async (exit) => {
      if (this.isWished || this.isRetired || running !== this.running) return;
      if (Date.now() > this.excusedUntil) this.complain(`${this.name} ended by itself: ${exitWords(exit)}`);
      await sleep(RESTART_MILLISECONDS);
      this.startAgain();
    });
  }

  private startAgain(): void {
    this.isWished = false;
    if (this.isRetired) return;
    this.running = this.launch();
    this.guard(this.running);
  }
}
