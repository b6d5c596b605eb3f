/** A program of its own: follows one stream of events many times, and prints the number that every one has received. */
import { get } from 'node:http';

const [url = '', authorization = '', count = '0'] = [
  process.env['URL'],
  process.env['AUTHORIZATION'],
  process.env['COUNT'],
];
const received: number[] = Array.from({ length: Number(count) }, () => 0);
let everyone = 0;

function note(index: number, events: number): void {
  received[index] = (received[index] ?? 0) + events;
  const least = Math.min(...received);
  if (least > everyone) process.stdout.write(`${String((everyone = least))}\n`);
}

for (const index of received.keys()) {
  get(url, { headers: { authorization }, agent: false }, (message) => {
    message.setEncoding('utf8');
    message.on('data', (text: string) => note(index, text.split('event: export').length - 1));
  });
}
