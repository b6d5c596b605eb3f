import { Agent, request, type OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Call {
  url: string;
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
  /** What the answer has to be. */
  status: number;
}

const CONNECTIONS = 16;

/** One request, read to its end; milliseconds until then. */
export function once(agent: Agent, { url, method = 'GET', headers, body, status }: Call): Promise<number> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        if (answer.statusCode === status) resolve(performance.now() - begin);
        else reject(new Error(`${method} ${url} was answered with ${answer.statusCode}`));
      });
      answer.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** Answers a second, from as many as 16 connections get that ask again as soon as they are answered. */
export async function requestsPerSecond(call: Call, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const begin = performance.now();
  const end = begin + seconds * 1_000;
  let answered = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() < end) {
        await once(agent, call);
        answered += 1;
      }
    }),
  );
  agent.destroy();
  return answered / ((performance.now() - begin) / 1_000);
}

/** Milliseconds of so many requests, one after the other. */
export async function latencies(call: Call, count: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const measured: number[] = [];
  for (let index = 0; index < count; index += 1) measured.push(await once(agent, call));
  agent.destroy();
  return measured;
}

/** Milliseconds of requests that come at this pace whether or not those before were answered. */
export async function latenciesAtPace(call: Call, perSecond: number, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const begin = performance.now();
  const sent: Promise<number>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    await sleep(Math.max(0, begin + (index * 1_000) / perSecond - performance.now()));
    sent.push(once(agent, call));
  }
  const measured = await Promise.all(sent);
  agent.destroy();
  return measured;
}
