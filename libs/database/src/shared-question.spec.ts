import { SharedQuestion } from './shared-question.js';

/** A question that is answered when the test says so, by the state that the world has at the time of asking. */
function trial(patienceMs = 60_000) {
  const asked: { keys: string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const world = new Map<string, string>();
  const question = new SharedQuestion<string, string>((keys) => {
    const seen = new Map([...world].filter(([key]) => keys.includes(key)));
    return new Promise((resolve, reject) => asked.push({ keys, answer: () => resolve(seen), fail: reject }));
  }, patienceMs);
  return { asked, world, question };
}

/** A turn of the event loop, after which whatever was due has been asked. */
const turn = () => new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));

it('asks once for all who come together, each key once', async () => {
  const { asked, world, question } = trial();
  world.set('a', 'A').set('b', 'B');
  const answers = Promise.all(['a', 'b', 'a', 'c'].map((key) => question.answerTo(key)));
  await turn();
  expect(asked.map(({ keys }) => keys)).toEqual([['a', 'b', 'c']]);
  asked[0]!.answer();

  expect(await answers).toEqual(['A', 'B', 'A', undefined]);
});

it('gives nobody an answer to a question that was asked before they came', async () => {
  const { asked, world, question } = trial();
  world.set('a', 'may');
  const early = question.answerTo('a');
  await turn();
  // The question has left; whatever changes now it may not have seen.
  world.delete('a');
  const late = question.answerTo('a');
  asked[0]!.answer();
  expect(await early).toBe('may');
  await turn();
  asked[1]!.answer();

  expect(await late).toBeUndefined();
});

it('has one question on its way, and one for all who come meanwhile', async () => {
  const { asked, question } = trial();
  const first = question.answerTo('a');
  await turn();
  const others = ['a', 'b', 'b'].map((key) => question.answerTo(key));
  await turn();
  expect(asked).toHaveLength(1);
  asked[0]!.answer();
  await first;
  await turn();
  expect(asked.map(({ keys }) => keys)).toEqual([['a'], ['a', 'b']]);
  asked[1]!.answer();

  await Promise.all(others);
});

it('does not let a question that hangs hold up those who come after it', async () => {
  const { asked, world, question } = trial(1);
  world.set('a', 'A');
  let isAnswered = false;
  void question.answerTo('a').then(() => (isAnswered = true));
  await turn();
  const late = question.answerTo('a');
  while (asked.length < 2) await turn();
  asked[1]!.answer();

  expect(await late).toBe('A');
  expect(isAnswered).toBe(false);
});

it('tells all who asked of a failure, and nobody else', async () => {
  const { asked, world, question } = trial();
  world.set('a', 'A');
  const failing = Promise.allSettled([question.answerTo('a'), question.answerTo('b')]);
  await turn();
  asked[0]!.fail(new Error('gone'));
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);

  const next = question.answerTo('a');
  await turn();
  asked[1]!.answer();
  expect(await next).toBe('A');
});

it('tells of a question that could not even be asked', async () => {
  const question = new SharedQuestion<string, string>(() => {
    throw new Error('no words');
  });

  await expect(question.answerTo('a')).rejects.toThrow('no words');
});
