export { useCheckout } from './checkout';
export { isOpen, keepPayment, type Provider, paymentsQuery } from './data';
export { PayButton } from './PayButton';
export { chosenPlace, PaidElsewhere, PlaceChoice, usePlace } from './PlaceChoice';
export { useProviderName } from './words';
