import { parseSetupAnswer } from './product.ts';

describe('the answer of the setup process', () => {
  it('is its last line, whatever a library printed before', () => {
    const printed = 'some warning\n{"createdAdmin":{"email":"admin@localhost","password":"secret"}}\n';
    expect(parseSetupAnswer(printed)).toEqual({ email: 'admin@localhost', password: 'secret' });
  });

  it('is found also when something was printed after it, or the process was ended before it', () => {
    expect(parseSetupAnswer('{"createdAdmin":{"email":"a@b","password":"secret"}}\nclosing failed\n')).toEqual({
      email: 'a@b',
      password: 'secret',
    });
    expect(parseSetupAnswer('')).toBeNull();
  });

  it('is nothing when there was an account already', () => {
    expect(parseSetupAnswer('{"createdAdmin":null}\n')).toBeNull();
  });
});
