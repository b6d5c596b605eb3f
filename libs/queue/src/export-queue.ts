import { InjectQueue } from '@nestjs/bullmq';
import { Injectable, Logger } from '@nestjs/common';
import { Queue } from 'bullmq';
import { EXPORT_QUEUE } from './queue-backend.js';

/** What a job carries: an id, never a fact or a secret. */
export interface ExportJob {
  exportId: string;
}

/** A waiting export, as far as the queue needs to know it. */
export interface Waiting {
  id: string;
  attempts: number;
}

/** The queue of exports. The table of exports is the truth; a job that is lost here is added again by the reconciler. */
@Injectable()
export class ExportQueue {
  private readonly logger = new Logger(ExportQueue.name);
  private lastError = '';

  constructor(@InjectQueue(EXPORT_QUEUE) private readonly queue: Queue<ExportJob>) {
    // At once: an error that nobody listens for is printed with its stack. One line for each new kind of trouble.
    this.queue.on('error', (error) => {
      const words = wordsOf(error);
      if (words !== this.lastError) {
        this.logger.warn(`The queue is away (${words}). Exports that are asked for are kept, and run when it is back.`);
      }
      this.lastError = words;
    });
  }

  /** Adds the next run of an export. The job's id comes from the export and the run, so adding twice is harmless. */
  async add({ id, attempts }: Waiting): Promise<void> {
    await this.queue.add('export', { exportId: id }, { jobId: `${id}_${String(attempts + 1)}` });
    this.noteUp();
  }

  /**
   * Brings forward what was told to come again later. A second is all that anybody is told, but by a process' own clock:
   * where that was ahead, the job would be in no hurry for as long.
   */
  async hurry(): Promise<void> {
    await this.queue.promoteJobs();
  }

  /** Whether the queue answers within `timeoutMs`. */
  async isUp(timeoutMs: number): Promise<boolean> {
    const answer = this.queue.getWaitingCount().then(
      () => {
        this.noteUp();
        return true;
      },
      () => false,
    );
    const silence = new Promise<false>((resolve) => setTimeout(resolve, timeoutMs, false).unref());
    return Promise.race([answer, silence]);
  }

  /** Whoever finds it there says so, or the next outage of the same kind would not be told. */
  private noteUp(): void {
    if (this.lastError === '') return;
    this.logger.log('The queue is back.');
    this.lastError = '';
  }
}

/** A host that has several addresses fails with an error for each, and no words of its own. */
function wordsOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(String).join('; ');
  return error.message === '' ? error.name : error.message;
}
