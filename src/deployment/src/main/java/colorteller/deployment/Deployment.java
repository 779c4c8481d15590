package colorteller.deployment;

import java.util.List;
import java.util.Map;

/**
 * What some stacks deploy together.
 *
 * @param vpc the network
 * @param groups the security groups, by id
 * @param services the ECS services
 * @param loadBalancers the application load balancers
 * @param instances the EC2 instances
 * @param parameters the values of SSM parameters, by their names
 * @param customResources what functions provide
 */
public record Deployment(
    Vpc vpc,
    Map<String, SecurityGroup> groups,
    List<EcsService> services,
    List<LoadBalancer> loadBalancers,
    List<Instance> instances,
    Map<String, String> parameters,
    List<CustomResource> customResources) {}
