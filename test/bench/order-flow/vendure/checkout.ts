import { Disqualified } from '../../scenario.ts';

/** A guest's way through the Shop API: each call changes the order of its session. */
export interface Checkout {
  readonly calls: number;
  change(mutation: string, variables?: object): Promise<Changed>;
}

interface Changed {
  readonly state?: string;
  readonly errorCode?: string;
  readonly message?: string;
}

interface Answer {
  readonly data?: Readonly<Record<string, Changed>>;
  readonly errors?: unknown;
}

/** Begins a session of its own. */
export function beginCheckout(url: string): Checkout {
  let token: string | null = null;
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    async change(mutation, variables = {}) {
      calls += 1;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify({ query: mutation, variables }),
      });
      token = response.headers.get('vendure-auth-token') ?? token;
      return changedBy((await response.json()) as Answer);
    },
  };
}

/** @throws {Disqualified} */
function changedBy(answer: Answer): Changed {
  const [changed] = Object.values(answer.data ?? {});
  if (changed?.state) return changed;
  throw new Disqualified([`a call was answered with ${JSON.stringify(answer).slice(0, 500)}`]);
}

const ANSWER = `{ ... on Order { id state } ... on ErrorResult { errorCode message } }`;

export const ADD_ITEM = `mutation ($variant: ID!, $quantity: Int!) {
  addItemToOrder(productVariantId: $variant, quantity: $quantity) ${ANSWER} }`;
export const SET_CUSTOMER = `mutation ($customer: CreateCustomerInput!) { setCustomerForOrder(input: $customer) ${ANSWER} }`;
export const SET_ADDRESS = `mutation ($address: CreateAddressInput!) { setOrderShippingAddress(input: $address) ${ANSWER} }`;
export const SET_SHIPPING = `mutation ($method: ID!) { setOrderShippingMethod(shippingMethodId: [$method]) ${ANSWER} }`;
export const BEGIN_PAYMENT = `mutation { transitionOrderToState(state: "ArrangingPayment") ${ANSWER} }`;
export const PAY = `mutation { addPaymentToOrder(input: { method: "dummy", metadata: {} }) ${ANSWER} }`;
