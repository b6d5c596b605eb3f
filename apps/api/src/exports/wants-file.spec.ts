import { wantsFile } from './wants-file.js';

it.each([
  'application/octet-stream',
  'Application/Octet-Stream',
  'application/octet-stream;q=0.1',
  'application/octet-stream, */*',
  'application/octet-stream, */*;q=0.1',
  'application/octet-stream, application/json;q=0.5',
  'application/octet-stream, application/problem+json',
])('Accept: %s asks for the file', (accept) => {
  expect(wantsFile(accept)).toBe(true);
});

it.each([
  undefined,
  '',
  '*/*',
  'application/*',
  'application/json',
  'application/json, */*',
  'application/json, application/octet-stream',
  'application/json, application/octet-stream;q=0.9',
  'application/octet-stream;q=0.1, */*;q=0.5',
  'application/octet-stream;q=0',
  'application/octet-stream;q=nonsense',
])('Accept: %s asks for the export', (accept) => {
  expect(wantsFile(accept)).toBe(false);
});
