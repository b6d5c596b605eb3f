import { answerWords, originOf, probeOriginOf } from './readiness.ts';

describe('addresses', () => {
  it('shows the address that was configured', () => {
    expect(originOf('127.0.0.1', 3000)).toBe('http://127.0.0.1:3000');
    expect(originOf('::1', 3000)).toBe('http://[::1]:3000');
  });

  it('asks over loopback where the server listens on all addresses', () => {
    expect(probeOriginOf('0.0.0.0', 3000)).toBe('http://127.0.0.1:3000');
    expect(probeOriginOf('::', 3000)).toBe('http://[::1]:3000');
  });
});

describe('an answer that is not 200', () => {
  it('names the parts that are down', () => {
    const body = '{"status":"down","parts":{"database":"up","queue":"down","worker":"down"}}';
    expect(answerWords(503, body)).toBe('queue and worker are down');
  });

  it('is shown as it came when it is no health page', () => {
    expect(answerWords(502, '<html>')).toBe('answer 502 <html>');
  });
});
