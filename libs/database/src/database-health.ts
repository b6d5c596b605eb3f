import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

@Injectable()
export class DatabaseHealth {
  constructor(@InjectDataSource() private readonly source: DataSource) {}

  /** Whether pg-export's own database answers within `timeoutMs`. */
  async isUp(timeoutMs: number): Promise<boolean> {
    const answer = this.source.query('SELECT 1').then(
      () => true,
      () => false,
    );
    const silence = new Promise<false>((resolve) => setTimeout(resolve, timeoutMs, false).unref());
    return Promise.race([answer, silence]);
  }
}
