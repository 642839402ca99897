import { visible } from '#core/visible';

/** What a command talks to. Each call is one line, without its line feed: data to stdout, words to stderr. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  stdin(): Promise<Uint8Array>;
}

/**
 * The one place where text reaches a terminal. Names, tags and error messages are strangers' words: control and
 * direction characters come out as `\uXXXX`, which in JSON means the same. We print no colours of our own, so
 * there is nothing for NO_COLOR to switch off.
 */
export function terminal(
  write: { out(text: string): void; err(text: string): void },
  stdin: () => Promise<Uint8Array>,
): Terminal {
  return {
    out: (line) => write.out(`${visible(line)}\n`),
    err: (line) => write.err(`${visible(line)}\n`),
    stdin,
  };
}
