/**
 * How long those who come while a question is on its way wait for its end before the next one is asked beside it: one
 * that hangs must not hold up everybody.
 */
const PATIENCE_MS = 50;

type Slot<Answer> = PromiseWithResolvers<Answer | undefined>;

/**
 * One question to the database for all who ask the same kind of thing at about the same time. An answer is never older
 * than the asking: who comes while a question is on its way waits for the next one. So it holds what a question for each
 * would hold, that a change which was made before somebody asked is seen by them, at a fraction of the cost.
 */
export class SharedQuestion<Key, Answer> {
  private waiting = new Map<Key, Slot<Answer>>();
  private isBusy = false;

  /** @param ask answers all the keys at once; those that it leaves out have no answer */
  constructor(
    private readonly ask: (keys: Key[]) => Promise<Map<Key, Answer>>,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /**
   * The answer as of now or later, shared by all who wait for the same key; undefined: there is none.
   * @throws whatever the question fails with
   */
  answerTo(key: Key): Promise<Answer | undefined> {
    const slot = this.waiting.get(key) ?? Promise.withResolvers<Answer | undefined>();
    this.waiting.set(key, slot);
    this.proceed();
    return slot.promise;
  }

  /** Not at once: what came with the same turn of the event loop goes along. */
  private proceed(): void {
    if (this.isBusy || this.waiting.size === 0) return;
    this.isBusy = true;
    setImmediate(() => void this.askNow());
  }

  private async askNow(): Promise<void> {
    const asked = this.waiting;
    this.waiting = new Map();
    let isOver = false;
    const goOn = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.isBusy = false;
      this.proceed();
    };
    const timer = setTimeout(goOn, this.patienceMs);
    try {
      const answers = await this.ask([...asked.keys()]);
      for (const [key, { resolve }] of asked) resolve(answers.get(key));
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
    goOn();
  }
}
