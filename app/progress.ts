/** Shows whoever waits how far something has come. */
export interface Progress {
  begin(what: string, total: number): Stage;
}

export interface Stage {
  readonly advance: () => void;
  /** So much is done by now. */
  readonly reach: (done: number) => void;
  readonly end: () => void;
}

interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR = 30;
const REDRAW_EVERY = 80;
const LINE_EVERY = 5_000;

/** Nobody is watching. */
export const silent: Progress = {
  begin: () => ({ advance: () => undefined, reach: () => undefined, end: () => undefined }),
};

/** A bar on a terminal; elsewhere a line when a stage is done, and every few seconds while it takes long. */
export const progressOn = (screen: Screen): Progress => (screen.isTTY ? bars(screen) : lines(screen));

const bars = (screen: Screen): Progress => ({
  begin(what, total) {
    const began = performance.now();
    let done = 0;
    let drawnAt = 0;
    const draw = () => {
      drawnAt = performance.now();
      const filled = total === 0 ? BAR : Math.floor((done * BAR) / total);
      const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
      const line = `${what.padEnd(12)} ${bar} ${counted(done, total)}  ${seconds(began)}`;
      screen.write(`\r\u001b[K${line.slice(0, (screen.columns ?? 80) - 1)}`);
    };
    const reach = (count: number) => {
      done = count;
      if (performance.now() - drawnAt >= REDRAW_EVERY) draw();
    };
    draw();
    return {
      advance: () => reach(done + 1),
      reach,
      end() {
        draw();
        screen.write('\n');
      },
    };
  },
});

const lines = (screen: Screen): Progress => ({
  begin(what, total) {
    const began = performance.now();
    let done = 0;
    let saidAt = began;
    const say = () => {
      saidAt = performance.now();
      screen.write(`${what}: ${counted(done, total)}, ${seconds(began)}\n`);
    };
    const reach = (count: number) => {
      done = count;
      if (performance.now() - saidAt >= LINE_EVERY) say();
    };
    return {
      advance: () => reach(done + 1),
      reach,
      end: say,
    };
  },
});

const counted = (done: number, total: number) => `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
