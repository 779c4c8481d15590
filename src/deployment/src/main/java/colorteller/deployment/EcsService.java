package colorteller.deployment;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An ECS service on Fargate.
 *
 * @param name its logical id
 * @param desiredCount how many tasks it runs
 * @param task what each task is
 * @param subnets the ids of the subnets that its tasks are put into
 * @param groups the ids of its tasks' security groups
 * @param registry the Cloud Map service in which its tasks are registered
 * @param targetGroups the ids of the target groups in which ECS registers its tasks
 */
public record EcsService(
    String name,
    int desiredCount,
    TaskDefinition task,
    List<String> subnets,
    Set<String> groups,
    Optional<CloudMapService> registry,
    List<String> targetGroups) {}
