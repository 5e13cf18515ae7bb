/** Where Ada lives, who orders in most tests. */
export const shipTo = {
  recipient: 'Ada Lovelace',
  street: '12 St James Square',
  city: 'London',
  postalCode: 'SW1Y 4JH',
  country: 'GB',
};
