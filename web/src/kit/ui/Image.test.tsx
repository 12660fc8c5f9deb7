// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { Image } from './Image';

afterEach(cleanup);

it('keeps its place, and says what it showed where it could not be had', () => {
  const { rerender } = render(<Image src="/one.webp" alt="A fountain" width={16} height={9} />);
  expect(screen.getByAltText('A fountain').getAttribute('height')).toBe('9');
  fireEvent.error(screen.getByAltText('A fountain'));
  expect(screen.getByText('A fountain').parentElement?.style.aspectRatio).toBe('16 / 9');
  rerender(<Image src="/two.webp" alt="A lamp" width={16} height={9} />);
  expect(screen.getByAltText('A lamp').getAttribute('src'), 'another picture is asked for').toBe('/two.webp');
});
