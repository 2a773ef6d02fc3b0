// Mantine, dressed by our own variables: the policy of the page lets nobody write <style>, so
// MantineProvider makes none and tokens.css gives the values it would have written.
import {createTheme, defaultVariantColorsResolver, type MantineColorsTuple, type VariantColorsResolver} from '@mantine/core'

const ink = Array.from({length: 10}, () => 'var(--ink)') as unknown as MantineColorsTuple

// What stands on ink is light by day and dark by night; Mantine would make it white.
const onInk: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input)
  const ink = input.color === undefined || input.color === 'ink'
  return ink && input.variant === 'filled' ? {...resolved, color: 'var(--on-solid)'} : resolved
}

export const theme = createTheme({
  fontFamily: 'var(--font)',
  colors: {ink},
  primaryColor: 'ink',
  variantColorResolver: onInk,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    Button: {defaultProps: {size: 'xs'}},
    TextInput: {defaultProps: {size: 'xs'}},
    PasswordInput: {defaultProps: {size: 'xs'}},
    Textarea: {defaultProps: {size: 'xs'}},
    NumberInput: {defaultProps: {size: 'xs'}},
    TagsInput: {defaultProps: {size: 'xs'}},
    Autocomplete: {defaultProps: {size: 'xs'}},
    NativeSelect: {defaultProps: {size: 'xs'}},
    Checkbox: {defaultProps: {size: 'xs', iconColor: 'var(--on-solid)'}},
    Select: {defaultProps: {size: 'xs', allowDeselect: false}},
    SegmentedControl: {defaultProps: {size: 'xs'}},
  },
})
