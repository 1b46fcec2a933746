//! The variables' names, and sets of them for errors that name several. No value passes through here.

use std::fmt;

/// One of the variables that [`Environment`](super::Environment) reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Variable {
    /// `TOKEN_URL`.
    TokenUrl,
    /// `CLIENT_ID`.
    ClientId,
    /// `CLIENT_SECRET`.
    ClientSecret,
    /// `CLIENT_SECRET_FILE`.
    ClientSecretFile,
    /// `SCOPE`.
    Scope,
    /// `AUDIENCE`.
    Audience,
    /// `CA_FILE`.
    CaFile,
    /// `CLIENT_AUTH`.
    ClientAuth,
}

impl Variable {
    pub(crate) const ALL: [Self; 8] = [
        Self::TokenUrl,
        Self::ClientId,
        Self::ClientSecret,
        Self::ClientSecretFile,
        Self::Scope,
        Self::Audience,
        Self::CaFile,
        Self::ClientAuth,
    ];

    /// As it is written in the environment.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenUrl => "TOKEN_URL",
            Self::ClientId => "CLIENT_ID",
            Self::ClientSecret => "CLIENT_SECRET",
            Self::ClientSecretFile => "CLIENT_SECRET_FILE",
            Self::Scope => "SCOPE",
            Self::Audience => "AUDIENCE",
            Self::CaFile => "CA_FILE",
            Self::ClientAuth => "CLIENT_AUTH",
        }
    }

    /// Whether it is one of those that say who gets which secret: they come from one place.
    pub(crate) const fn says_where(self) -> bool {
        !matches!(self, Self::Scope | Self::Audience | Self::ClientAuth)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variable| variable.name() == name)
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Some of the variables.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Variables(u8);

impl Variables {
    /// Whether `variable` is among them.
    #[must_use]
    pub const fn contains(self, variable: Variable) -> bool {
        self.0 & (1 << variable as u8) != 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Variable> {
        Variable::ALL.into_iter().filter(move |variable| self.contains(*variable))
    }
}

impl FromIterator<Variable> for Variables {
    fn from_iter<I: IntoIterator<Item = Variable>>(variables: I) -> Self {
        Self(variables.into_iter().fold(0, |set, variable| set | 1 << variable as u8))
    }
}

/// `A, B and C`.
impl fmt::Display for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.iter().last();
        for (at, variable) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(if last == Some(variable) { " and " } else { ", " })?;
            }
            f.write_str(variable.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
