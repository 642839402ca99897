/** What a run says while it goes on: a live line for people, plain lines where nobody watches. */
export interface Display {
  /** What is being done now. */
  doing(what: string): void;
  /** Something that stays on the screen. */
  line(text?: string): void;
  end(): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function display(out: NodeJS.WriteStream): Display {
  const live = out.isTTY === true;
  let current = '';
  let frame = 0;
  const clear = () => (live ? out.write('\r\x1b[2K') : undefined);
  const draw = () => {
    if (!live || current === '') return;
    frame = (frame + 1) % frames.length;
    out.write(`\r\x1b[2K${frames[frame]} ${current}`.slice(0, (out.columns ?? 80) + 6));
  };
  const timer = live ? setInterval(draw, 80) : undefined;
  timer?.unref();
  return {
    doing(what) {
      current = what;
      if (live) draw();
      else out.write(`… ${what}\n`);
    },
    line(text = '') {
      clear();
      out.write(`${text}\n`);
      draw();
    },
    end() {
      clearInterval(timer);
      current = '';
      clear();
    },
  };
}

/** Colour only for people who want it (NO_COLOR, https://no-color.org). */
export function paint(out: NodeJS.WriteStream) {
  const on = out.isTTY === true && !process.env.NO_COLOR;
  const code = (start: number) => (text: string) => (on ? `\x1b[${start}m${text}\x1b[0m` : text);
  return { good: code(32), bad: code(31), dim: code(2), bold: code(1) };
}
