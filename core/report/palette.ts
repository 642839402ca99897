/** Colours of the report by role; every text role is held against `page` and `panel` at 4.5:1 (WCAG 2.2, 1.4.3) by a test. */
export const palette = {
  light: {
    page: '#ffffff',
    panel: '#f4f5f7',
    line: '#c9ced6',
    text: '#1b1f24',
    quiet: '#535b66',
    link: '#0b57b0',
    good: '#11652f',
    warn: '#7a4b00',
    bad: '#a11a1a',
  },
  dark: {
    page: '#14171b',
    panel: '#1e2228',
    line: '#414953',
    text: '#e7eaee',
    quiet: '#a6afba',
    link: '#8ab8f5',
    good: '#74cf93',
    warn: '#e6b45a',
    bad: '#ff9c94',
  },
} as const;
