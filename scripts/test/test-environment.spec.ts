import { testEnvironment } from './test-environment.ts';

describe('the environment of the tests', () => {
  const caller = {
    PATH: '/usr/bin',
    HOME: '/home/a',
    DATABASE_URL: 'postgres://real',
    AWS_SECRET: 'x',
    http_proxy: 'p',
    PORT: '1',
  };

  it("holds nothing of the product's configuration", () => {
    const seen = testEnvironment(caller, '/repo');
    expect(Object.keys(seen).sort()).toEqual(['HOME', 'NG_CLI_ANALYTICS', 'PATH', 'http_proxy']);
  });

  it('finds the Node of the npm packages first', () => {
    expect(testEnvironment(caller, '/repo')['PATH']).toBe('/repo/node_modules/.bin:/usr/bin');
  });
});
