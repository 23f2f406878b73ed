use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Where the last request of a client went: the SDK's own errors do not say it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastEndpoint(Arc<Mutex<Option<String>>>);

impl LastEndpoint {
    pub(crate) fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Intercept for LastEndpoint {
    fn name(&self) -> &'static str {
        "LastEndpoint"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let endpoint = scheme_and_authority(context.request().uri());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(endpoint.to_owned());
        Ok(())
    }
}

fn scheme_and_authority(uri: &str) -> &str {
    let authority = uri.find("://").map_or(0, |colon| colon + 3);
    let end = uri[authority..].find(['/', '?']).map_or(uri.len(), |slash| authority + slash);
    &uri[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_and_query_are_cut_off() {
        for (uri, endpoint) in [
            ("http://127.0.0.1:4566/", "http://127.0.0.1:4566"),
            ("https://s3.ap-northeast-2.amazonaws.com/bucket/key?x=/", "https://s3.ap-northeast-2.amazonaws.com"),
            ("https://host?list", "https://host"),
            ("https://host", "https://host"),
        ] {
            assert_eq!(scheme_and_authority(uri), endpoint);
        }
    }
}
