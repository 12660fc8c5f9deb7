/** The square as an icon, in the weight of the others. */
export function SquareIcon() {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d="M9 12.6 3 16l9 5 9-5-6-3.4" />
      <path d="M12 16V8.5" />
      <circle cx="12" cy="5.5" r="2.8" />
    </svg>
  );
}
