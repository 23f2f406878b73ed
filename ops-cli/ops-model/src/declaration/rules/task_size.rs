use super::Subject;
use crate::declaration::Fault;

/// CPU units, and the memory in MiB that goes with them: from, to, in steps of.
///
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size>
const SIZES: [(u64, u64, u64, u64); 7] = [
    (256, 512, 2048, 512),
    (512, 1024, 4096, 1024),
    (1024, 2048, 8192, 1024),
    (2048, 4096, 16384, 1024),
    (4096, 8192, 30720, 1024),
    (8192, 16384, 61440, 4096),
    (16384, 32768, 122_880, 8192),
];

/// CPU and memory make a pair that Fargate sells.
pub(super) fn check(subject: &Subject<'_>, faults: &mut Vec<Fault>) {
    for workload in subject.workloads() {
        let Some(cpu_node) = workload.value.get("cpu") else { continue };
        let Some(cpu) = cpu_node.whole_number() else { continue };
        if !SIZES.iter().any(|(units, ..)| *units == cpu) {
            let sizes: Vec<String> = SIZES.iter().map(|(units, ..)| units.to_string()).collect();
            faults.push(
                subject
                    .fault("declaration::task_size", format!("Fargate has no tasks with {cpu} CPU units"))
                    .at(&cpu_node.span, "no such size")
                    .remedy(format!("choose one of {}; 1024 is one virtual CPU", sizes.join(", "))),
            );
            continue;
        }
        let Some(memory_node) = workload.value.get("memory") else { continue };
        let Some(memory) = memory_node.whole_number() else { continue };
        if !memories(cpu).contains(&memory) {
            faults.push(
                subject
                    .fault(
                        "declaration::task_size",
                        format!("Fargate has no tasks with {cpu} CPU units and {memory} MiB of memory"),
                    )
                    .at(&memory_node.span, format!("does not go with cpu {cpu}"))
                    .remedy(remedy(cpu, memory)),
            );
        }
    }
}

/// All memory sizes that go with a number of CPU units, in MiB.
fn memories(cpu: u64) -> Vec<u64> {
    let Some((_, from, to, step)) = SIZES.iter().find(|(units, ..)| *units == cpu) else { return Vec::new() };
    let sizes = (0..).map(|index| from + index * step).take_while(|memory| memory <= to);
    // 256 units come with 512, 1024 and 2048 MiB alone.
    sizes.filter(|memory| cpu != 256 || memory.is_power_of_two()).collect()
}

fn remedy(cpu: u64, memory: u64) -> String {
    let sizes = memories(cpu);
    let list = match sizes.as_slice() {
        [first, .., last] if sizes.len() > 3 => {
            let step = sizes.get(1).map_or(0, |second| second - first);
            format!("{first} to {last} in steps of {step}")
        }
        _ => sizes.iter().map(u64::to_string).collect::<Vec<_>>().join(", "),
    };
    let other = SIZES.iter().map(|(units, ..)| *units).find(|units| memories(*units).contains(&memory));
    match other {
        Some(units) => format!("with cpu {cpu}, memory is {list}; {memory} goes with cpu {units}"),
        None => format!("with cpu {cpu}, memory is {list}"),
    }
}

#[cfg(test)]
mod tests {
    use super::memories;

    #[test]
    fn sizes_are_those_of_the_table() {
        assert_eq!(memories(256), [512, 1024, 2048]);
        assert_eq!(memories(512), [1024, 2048, 3072, 4096]);
        assert_eq!(memories(4096).len(), 23);
        assert_eq!(memories(16384).last(), Some(&122_880));
        assert!(memories(300).is_empty());
    }
}
