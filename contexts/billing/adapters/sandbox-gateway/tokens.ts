/** How the sandbox treats captures with a token. */
export interface Behaviour {
  /** So many calls of a key are never answered, and do nothing. */
  readonly silentCalls?: number;
  /** So many calls of a key fail, and do nothing. */
  readonly failingCalls?: number;
  readonly declinedBecause?: string;
  /** It captures, but every answer gets lost. */
  readonly losesAnswers?: boolean;
}

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  tok_approve: {},
  tok_decline: { declinedBecause: 'insufficient funds' },
  tok_timeout: { silentCalls: 2 },
  tok_fail_once: { failingCalls: 1 },
  tok_outage: { failingCalls: Number.POSITIVE_INFINITY },
  tok_lost_answer: { losesAnswers: true },
};

/** By the token's beginning: `tok_approve_visa` behaves like `tok_approve`. */
export function behaviourOf(token: string): Behaviour {
  const prefix = Object.keys(BEHAVIOURS).find((known) => token.startsWith(known));
  return prefix ? BEHAVIOURS[prefix]! : { declinedBecause: 'unknown payment token' };
}
