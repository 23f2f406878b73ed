use ops_engine::cloud::{CloudError, OpenSession, Session};

use super::EcsContainers;

const EXECUTE: &str = "ExecuteCommand";

impl EcsContainers {
    pub(super) async fn execute_command(&self, request: &OpenSession) -> Result<Session, CloudError> {
        let OpenSession { cluster, task, container, command } = request;
        let runtime = self.runtime_id(cluster, task, container).await?;
        let answer = self
            .sdk
            .execute_command()
            .cluster(cluster)
            .task(task)
            .container(container)
            .command(command)
            .interactive(true)
            .send()
            .await
            .map_err(|error| self.errors.of(EXECUTE, error))?;
        let session = answer.session().ok_or_else(|| self.errors.unexpected(EXECUTE, "the answer has no session"))?;
        let task = task.rsplit('/').next().unwrap_or(task);
        match (session.session_id(), session.stream_url(), session.token_value()) {
            (Some(id), Some(stream_url), Some(token)) => Ok(Session {
                id: id.to_owned(),
                stream_url: stream_url.to_owned(),
                token: token.to_owned(),
                target: format!("ecs:{cluster}_{task}_{runtime}"),
            }),
            _ => Err(self.errors.unexpected(EXECUTE, "the session is not whole")),
        }
    }

    /// What the session's target is called after.
    async fn runtime_id(&self, cluster: &str, task: &str, container: &str) -> Result<String, CloudError> {
        let tasks = self.describe_tasks(cluster, vec![task.to_owned()]).await?;
        let containers = tasks.iter().flat_map(|task| task.containers());
        containers
            .filter(|one| one.name() == Some(container))
            .find_map(|one| one.runtime_id())
            .map(str::to_owned)
            .ok_or_else(|| self.errors.refused(EXECUTE, format!("container {container} does not run in the task")))
    }
}
