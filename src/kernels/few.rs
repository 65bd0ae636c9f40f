//! A list of mostly one item.

/// Items of which the first takes no memory of its own: the conversion of numbers has one part and one check at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Few<T> {
    One(T),
    /// None, or more than one.
    Other(Vec<T>),
}

impl<T> Few<T> {
    pub(super) const NONE: Self = Self::Other(Vec::new());

    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(item) => std::slice::from_ref(item),
            Self::Other(items) => items,
        }
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [T] {
        match self {
            Self::One(item) => std::slice::from_mut(item),
            Self::Other(items) => items,
        }
    }

    pub(super) fn push(&mut self, item: T) {
        *self = match std::mem::replace(self, Self::NONE) {
            Self::Other(items) if items.is_empty() => Self::One(item),
            Self::One(first) => Self::Other(vec![first, item]),
            Self::Other(mut items) => {
                items.push(item);
                Self::Other(items)
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stay_in_order() {
        let mut items = Few::NONE;
        for len in 0..10 {
            assert!(items.as_slice().iter().copied().eq((0..len).rev()));
            assert_eq!(matches!(items, Few::One(_)), len == 1);
            items.as_mut_slice().iter_mut().for_each(|item| *item += 1);
            items.push(0);
        }
    }
}
