/** How the sandbox treats captures with a token. */
export interface Behaviour {
  /** What becomes of a payment with it. */
  readonly outcome: string;
  /** So many calls of a key are never answered, and do nothing. */
  readonly silentCalls?: number;
  /** So many calls of a key fail, and do nothing. */
  readonly failingCalls?: number;
  readonly declinedBecause?: string;
  /** It captures, but every answer gets lost. */
  readonly losesAnswers?: boolean;
}

/** By the beginnings of tokens. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  tok_approve: { outcome: 'is captured' },
  tok_decline: { outcome: 'is declined: insufficient funds', declinedBecause: 'insufficient funds' },
  tok_timeout: { outcome: 'is captured at the third call, after two that are never answered', silentCalls: 2 },
  tok_fail_once: { outcome: 'is captured at the second call, after one that fails', failingCalls: 1 },
  tok_outage: { outcome: 'fails at every call', failingCalls: Number.POSITIVE_INFINITY },
  tok_lost_answer: { outcome: 'is captured, but every answer gets lost', losesAnswers: true },
};

/** By the token's beginning: `tok_approve_visa` behaves like `tok_approve`. */
export function behaviourOf(token: string): Behaviour {
  const prefix = Object.keys(BEHAVIOURS).find((known) => token.startsWith(known));
  return prefix ? BEHAVIOURS[prefix]! : { outcome: 'is declined', declinedBecause: 'unknown payment token' };
}
