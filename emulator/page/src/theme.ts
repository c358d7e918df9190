/** A button that switches between the light and the dark colours; what was chosen is remembered. */
export function useThemeButton(button: HTMLElement): void {
  const { dataset } = document.documentElement;
  const show = (): void => button.setAttribute('aria-pressed', String(dataset['theme'] === 'dark'));
  button.addEventListener('click', () => {
    dataset['theme'] = dataset['theme'] === 'dark' ? 'light' : 'dark';
    localStorage.setItem('theme', dataset['theme']);
    show();
  });
  show();
}
