/** A browser, as far as links, redirects and cookies go: one jar for each origin. */
export class Browser {
  private readonly jars = new Map<string, Map<string, string>>();

  /** One request, its cookies kept; redirects are the caller's to follow. */
  async open(url: string, init: RequestInit = {}): Promise<Response> {
    const jar = this.jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string>), ...(cookie === '' ? {} : { Cookie: cookie }) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  cookie(origin: string, name: string): string | undefined {
    return this.jarOf(origin).get(name);
  }

  /** What the names of an origin's cookies are. */
  cookieNames(origin: string): string[] {
    return [...this.jarOf(origin).keys()];
  }

  setCookie(origin: string, name: string, value: string): void {
    this.jarOf(origin).set(name, value);
  }

  /** Removes every cookie of an origin. */
  forget(origin: string): void {
    this.jars.delete(origin);
  }

  private jarOf(url: string): Map<string, string> {
    const { origin } = new URL(url);
    const jar = this.jars.get(origin) ?? new Map<string, string>();
    this.jars.set(origin, jar);
    return jar;
  }
}

/** Where an answer sends the browser, from where it came. */
export function targetOf(answer: Response, from: string): string {
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`${from} answered ${String(answer.status)} and no redirect.`);
  return new URL(location, from).href;
}
