import { NameFilter } from './name-filter.js';

/** A field to type such words into. @param label what is searched, for who does not see where the field is */
export function filterField(label: string, onChange: (filter: NameFilter) => void): HTMLInputElement {
  const field = document.createElement('input');
  field.type = 'search';
  field.className = 'filter';
  field.placeholder = label;
  field.setAttribute('aria-label', label);
  field.addEventListener('input', () => onChange(new NameFilter(field.value)));
  return field;
}
