// The stacks of src/infra in JavaScript, for stage v4_only and default settings. ../synthesis compares the
// templates with those of the Java app, so that the two never drift apart unseen.
const path = require("path");
const { App, Stack, CfnOutput, Fn, Duration, RemovalPolicy, Annotations, Names, Tags, Validations } = require("aws-cdk-lib");
const appmesh = require("aws-cdk-lib/aws-appmesh");
const ec2 = require("aws-cdk-lib/aws-ec2");
const ecr = require("aws-cdk-lib/aws-ecr");
const assets = require("aws-cdk-lib/aws-ecr-assets");
const ecs = require("aws-cdk-lib/aws-ecs");
const elb = require("aws-cdk-lib/aws-elasticloadbalancingv2");
const cloudwatch = require("aws-cdk-lib/aws-cloudwatch");
const events = require("aws-cdk-lib/aws-events");
const targets = require("aws-cdk-lib/aws-events-targets");
const iam = require("aws-cdk-lib/aws-iam");
const lambda = require("aws-cdk-lib/aws-lambda");
const logs = require("aws-cdk-lib/aws-logs");
const sqs = require("aws-cdk-lib/aws-sqs");
const sd = require("aws-cdk-lib/aws-servicediscovery");
const { FactName } = require("aws-cdk-lib/region-info");
const { Construct } = require("constructs");

const PROJECT = "app-mesh-ipv6";
const DOMAIN = "default.svc.cluster.local";
const PORT = 9080;
const ADMIN_PORT = 9901;
const COLORS = [
  ["red", 1, false, "ipv4"], ["orange", 2, false, "dual"], ["yellow", 3, false, "ipv6"],
  ["green", 4, true, "ipv4"], ["blue", 5, true, "dual"], ["purple", 6, true, "ipv6"],
];
const share = (stack, name, value) => new CfnOutput(stack, name, { value, exportName: `${PROJECT}:${name}` });
const shared = (name) => Fn.importValue(`${PROJECT}:${name}`);
const capital = (word) => word[0].toUpperCase() + word.slice(1);

function sharedVpc(scope) {
  Annotations.of(scope).acknowledgeWarning("@aws-cdk/aws-ec2:noSubnetRouteTableId");
  return ec2.Vpc.fromVpcAttributes(scope, "Vpc", {
    vpcId: shared("VPC"),
    vpcCidrBlock: shared("VpcCIDR"),
    availabilityZones: [Fn.select(0, Fn.getAzs()), Fn.select(1, Fn.getAzs())],
    publicSubnetIds: [shared("PublicSubnet1"), shared("PublicSubnet2")],
    privateSubnetIds: [shared("PrivateSubnet1"), shared("PrivateSubnet2")],
  });
}

const closed = (scope, vpc, id, description) =>
  new ec2.SecurityGroup(scope, id, { vpc, description, allowAllOutbound: false });

function allowHttpsOut(group, description) {
  for (const everyone of [ec2.Peer.anyIpv4(), ec2.Peer.anyIpv6()]) {
    group.addEgressRule(everyone, ec2.Port.HTTPS, description);
  }
}

class VpcStack extends Stack {
  constructor(scope) {
    super(scope, `${PROJECT}-vpc`);
    const vpc = new ec2.Vpc(this, "Vpc", {
      vpcName: PROJECT,
      ipAddresses: ec2.IpAddresses.cidr("10.0.0.0/16"),
      ipProtocol: ec2.IpProtocol.DUAL_STACK,
      maxAzs: 2,
      natGateways: 1,
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
      subnetConfiguration: [
        { name: "Public", subnetType: ec2.SubnetType.PUBLIC, cidrMask: 19 },
        { name: "Private", subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 19 },
      ],
    });
    const ipv4Only = vpc.privateSubnets[0];
    ipv4Only.node.defaultChild.addPropertyDeletionOverride("Ipv6CidrBlock");
    ipv4Only.node.defaultChild.addPropertyDeletionOverride("AssignIpv6AddressOnCreation");
    ipv4Only.node.tryRemoveChild("DefaultRoute6");
    for (const subnet of vpc.publicSubnets) {
      subnet.node.findChild("DefaultRoute6").node.addDependency(vpc.node.findChild("VPCGW"));
    }
    for (const subnet of [...vpc.publicSubnets, ...vpc.privateSubnets]) {
      Tags.of(subnet).add("Name", `${this.stackName}/${subnet.node.id}`);
    }
    share(this, "VPC", vpc.vpcId);
    share(this, "VpcCIDR", vpc.vpcCidrBlock);
    share(this, "PublicSubnet1", vpc.publicSubnets[0].subnetId);
    share(this, "PublicSubnet2", vpc.publicSubnets[1].subnetId);
    share(this, "PrivateSubnet1", ipv4Only.subnetId);
    share(this, "PrivateSubnet2", vpc.privateSubnets[1].subnetId);
  }
}

class Bastion extends Construct {
  constructor(scope, vpc) {
    super(scope, "Bastion");
    this.group = closed(this, vpc, "SecurityGroup", "Bastion");
    allowHttpsOut(this.group, "Session Manager, packages");
    this.instance = new ec2.Instance(this, "Instance", {
      instanceName: `${Stack.of(this).stackName}/Bastion`,
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.NANO),
      machineImage: ec2.MachineImage.latestAmazonLinux2023({ cpuType: ec2.AmazonLinuxCpuType.ARM_64 }),
      securityGroup: this.group,
      httpTokens: ec2.HttpTokens.REQUIRED,
      associatePublicIpAddress: true,
      blockDevices: [{ deviceName: "/dev/xvda", volume: ec2.BlockDeviceVolume.ebs(8, { encrypted: true }) }],
    });
    const stack = Stack.of(this);
    this.instance.addToRolePolicy(new iam.PolicyStatement({
      actions: ["ssm:UpdateInstanceInformation"],
      resources: [`arn:${stack.partition}:ec2:${stack.region}:${stack.account}:instance/*`],
    }));
    this.instance.addToRolePolicy(new iam.PolicyStatement({
      actions: ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"]
        .map((action) => `ssmmessages:${action}`),
      resources: ["*"],
    }));
  }
}

class ClusterStack extends Stack {
  constructor(scope) {
    super(scope, `${PROJECT}-ecs-cluster`);
    const vpc = sharedVpc(this);
    share(this, "ECSCluster", new ecs.Cluster(this, "Cluster", { clusterName: PROJECT, vpc }).clusterName);
    share(this, "ECSServiceLogGroup", new logs.LogGroup(this, "LogGroup", {
      logGroupName: `${PROJECT}-log-group`,
      retention: logs.RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    }).logGroupName);
    for (const variant of ["dns", "cloud"]) {
      const namespace = new sd.PrivateDnsNamespace(this, capital(variant), { name: `${DOMAIN}.${variant}`, vpc });
      share(this, `${capital(variant)}Namespace`, namespace.namespaceId);
    }
    const bastion = new Bastion(this, vpc);
    share(this, "BastionSecurityGroup", bastion.group.securityGroupId);
    new CfnOutput(this, "BastionIP", { value: bastion.instance.instancePublicIp });
    new CfnOutput(this, "BastionSession", {
      description: "Opens a shell on the bastion",
      value: `aws ssm start-session --region ${this.region} --target ${bastion.instance.instanceId}`,
    });
  }
}

class MeshStack extends Stack {
  constructor(scope, variant) {
    super(scope, `${PROJECT}-${variant}-mesh`);
    Validations.of(this).acknowledge({
      id: "CloudFormation-Validate::W3696",
      reason: "AWS ended App Mesh on 2026-09-30; the app says so once itself",
    });
    const mesh = new appmesh.Mesh(this, "Mesh", {
      meshName: `${PROJECT}-${variant}-mesh`,
      serviceDiscovery: { ipPreference: appmesh.IpPreference.IPV4_ONLY },
    });
    const virtualGateway = mesh.addVirtualGateway("Gateway", {
      virtualGatewayName: "colorgateway-vg",
      listeners: [appmesh.VirtualGatewayListener.http({ port: PORT })],
    });
    const healthCheck = appmesh.HealthCheck.http({
      path: "/ping", healthyThreshold: 2, unhealthyThreshold: 2,
      interval: Duration.seconds(5), timeout: Duration.seconds(2),
    });
    for (const [color, number] of COLORS) {
      const node = new appmesh.VirtualNode(this, `Node${capital(color)}`, {
        mesh,
        virtualNodeName: `colorteller-${color}-vn`,
        serviceDiscovery: this.discovery(variant, color),
        listeners: [appmesh.VirtualNodeListener.http({ port: PORT, healthCheck })],
      });
      const service = new appmesh.VirtualService(this, `Service${capital(color)}`, {
        virtualServiceName: `colorteller-${number}.${DOMAIN}`,
        virtualServiceProvider: appmesh.VirtualServiceProvider.virtualNode(node),
      });
      new appmesh.GatewayRoute(this, `GatewayRoute${capital(color)}`, {
        virtualGateway,
        gatewayRouteName: `colorgateway-route-${color}`,
        routeSpec: appmesh.GatewayRouteSpec.http({
          match: { path: appmesh.HttpGatewayRoutePathMatch.startsWith(`/${color}`) },
          routeTarget: service,
        }),
      });
    }
  }

  discovery(variant, color) {
    const namespaceName = `${DOMAIN}.${variant}`;
    if (variant === "dns") {
      return appmesh.ServiceDiscovery.dns(
        `colorteller-${color}.${namespaceName}`, appmesh.DnsResponseType.LOAD_BALANCER);
    }
    return appmesh.ServiceDiscovery.cloudMap(sd.Service.fromServiceAttributes(this, `CloudMap${capital(color)}`, {
      serviceName: `colorteller-${color}`, serviceId: "", serviceArn: "",
      dnsRecordType: sd.DnsRecordType.A, routingPolicy: sd.RoutingPolicy.MULTIVALUE,
      namespace: sd.PrivateDnsNamespace.fromPrivateDnsNamespaceAttributes(this, `Namespace${capital(color)}`, {
        namespaceName, namespaceId: "", namespaceArn: "",
      }),
    }));
  }
}

class SecurityGroups extends Construct {
  constructor(scope, vpc) {
    super(scope, "SecurityGroups");
    this.loadBalancer = closed(this, vpc, "LoadBalancer", "Load balancer: from the internet");
    this.gateway = closed(this, vpc, "Gateway", "Gateway task: from the load balancer and the bastion");
    this.nodes = closed(this, vpc, "Nodes", "Colour tasks: from the gateway and the bastion");
    const bastion = ec2.SecurityGroup.fromSecurityGroupId(
      this, "Bastion", shared("BastionSecurityGroup"), { allowAllOutbound: false });
    for (const port of [80, 81]) {
      for (const everyone of [ec2.Peer.anyIpv4(), ec2.Peer.anyIpv6()]) {
        this.loadBalancer.addIngressRule(everyone, ec2.Port.tcp(port), "Requests from the internet");
      }
    }
    const open = (from, to, port, description) => {
      to.connections.allowFrom(from, ec2.Port.tcp(port), description);
      to.node.findChild(`from ${Names.nodeUniqueId(from.node)}:${port}`)
        .overrideLogicalId(`SecurityGroups${to.node.id}From${from.node.id}`);
      from.node.findChild(`to ${Names.nodeUniqueId(to.node)}:${port}`)
        .overrideLogicalId(`SecurityGroups${from.node.id}To${to.node.id}`);
    };
    open(this.loadBalancer, this.gateway, PORT, "Requests");
    open(this.gateway, this.nodes, PORT, "Requests");
    open(bastion, this.nodes, PORT, "Requests from the bastion");
    open(bastion, this.gateway, ADMIN_PORT, "Admin interface, from the bastion");
    allowHttpsOut(this.gateway, "Images, logs, control plane");
    allowHttpsOut(this.nodes, "Images, logs, control plane");
  }
}

class TaskService extends Construct {
  constructor(stack, id, family, resource, name, dualStack, subnet, group, proxyConfiguration) {
    super(stack, id);
    this.stack = stack;
    this.resource = resource;
    this.task = new ecs.FargateTaskDefinition(this, "Task", {
      family, cpu: 256, memoryLimitMiB: 512, proxyConfiguration,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.ARM64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    this.task.addToTaskRolePolicy(new iam.PolicyStatement({
      actions: ["appmesh:StreamAggregatedResources"],
      resources: [`arn:${stack.partition}:appmesh:${stack.region}:${stack.account}:${resource}`],
    }));
    this.addContainers();
    this.service = new ecs.FargateService(this, "Service", {
      cluster: stack.cluster, taskDefinition: this.task, desiredCount: 1,
      minHealthyPercent: 100, maxHealthyPercent: 200, circuitBreaker: { rollback: true },
      vpcSubnets: { subnets: [subnet] }, securityGroups: [group],
      cloudMapOptions: {
        name, cloudMapNamespace: stack.namespace,
        dnsRecordType: dualStack ? sd.DnsRecordType.A_AAAA : sd.DnsRecordType.A,
        dnsTtl: Duration.seconds(300), failureThreshold: 1,
      },
    });
    this.service.node.addDependency(this.task.obtainExecutionRole());
  }

  log(streamPrefix) {
    return ecs.LogDriver.awsLogs({ logGroup: this.stack.logGroup, streamPrefix });
  }

  envoy(name, prefix, ports) {
    return this.task.addContainer(name, {
      image: this.stack.envoyImage, user: "1337", stopTimeout: Duration.seconds(30), essential: true,
      environment: {
        APPMESH_RESOURCE_ARN: this.resource, ENABLE_ENVOY_STATS_TAGS: "1",
        ENVOY_ADMIN_ACCESS_ENABLE_IPV6: "true", ENVOY_LOG_LEVEL: "info", LISTENER_DRAIN_WAIT_TIME_S: "5",
      },
      portMappings: [...ports, ADMIN_PORT].map((containerPort) => ({ containerPort })),
      healthCheck: {
        command: ["CMD-SHELL", "curl -s http://localhost:9901/server_info | grep state | grep -q LIVE"],
        startPeriod: Duration.seconds(10), interval: Duration.seconds(5), timeout: Duration.seconds(2), retries: 3,
      },
      logging: this.log(prefix),
    });
  }
}

class ColortellerService extends TaskService {
  constructor(stack, color, dualStack, families, subnet, group) {
    stack.building = { color, families };
    super(stack, `colorteller-${color}`, `${stack.meshName}-${color}`,
      `mesh/${stack.meshName}/virtualNode/colorteller-${color}-vn`, `colorteller-${color}`, dualStack, subnet, group,
      new ecs.AppMeshProxyConfiguration({
        containerName: "envoy",
        properties: {
          appPorts: [PORT], proxyEgressPort: 15001, proxyIngressPort: 15000,
          egressIgnoredIPs: ["169.254.170.2", "169.254.169.254"], ignoredUID: 1337,
        },
      }));
  }

  addContainers() {
    const { color, families } = this.stack.building;
    const envoy = this.envoy("envoy", `${color}-envoy`, [15000, 15001]);
    const loopback = families === "ipv6" ? "[::1]" : "127.0.0.1";
    this.task.addContainer("app", {
      image: this.stack.colortellerImage, essential: true, readonlyRootFilesystem: true,
      stopTimeout: Duration.seconds(20),
      healthCheck: {
        command: ["CMD", "wget", "-q", "-O", "/dev/null", `http://${loopback}:${PORT}/ping`],
        startPeriod: Duration.seconds(10), interval: Duration.seconds(10), timeout: Duration.seconds(2), retries: 3,
      },
      environment: { COLOR: color, IP_FAMILY: families, PORT: `${PORT}`, STOP_AFTER_SECONDS: "15" },
      portMappings: [{ containerPort: PORT }],
      logging: this.log(`${color}-app`),
    }).addContainerDependencies({ container: envoy, condition: ecs.ContainerDependencyCondition.HEALTHY });
  }
}

class ColorgatewayService extends TaskService {
  constructor(stack, subnet, group) {
    super(stack, "colorgateway", `${stack.meshName}-gateway`, `mesh/${stack.meshName}/virtualGateway/colorgateway-vg`,
      "colorgateway", true, subnet, group);
  }

  addContainers() {
    this.envoy("app", "gateway-envoy", [PORT]);
  }
}

class GatewayLoadBalancer extends Construct {
  constructor(scope, vpc, name, service, securityGroup) {
    super(scope, "LoadBalancer");
    this.loadBalancer = new elb.ApplicationLoadBalancer(this, "Public", {
      vpc, vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC }, internetFacing: true, securityGroup,
      ipAddressType: elb.IpAddressType.DUAL_STACK, dropInvalidHeaderFields: true,
    });
    const ipv4 = this.targetGroup(vpc, "Ipv4", name, elb.TargetGroupIpAddressType.IPV4);
    ipv4.addTarget(service.loadBalancerTarget({ containerName: "app", containerPort: PORT }));
    this.listen(80, ipv4);
    this.ipv6Targets = this.targetGroup(vpc, "Ipv6", `${name}-ipv6`, elb.TargetGroupIpAddressType.IPV6);
    this.listen(81, this.ipv6Targets);
  }

  listen(port, target) {
    this.loadBalancer.addListener(`Listener${port}`, {
      port, protocol: elb.ApplicationProtocol.HTTP, open: false, defaultTargetGroups: [target],
    });
  }

  targetGroup(vpc, id, targetGroupName, ipAddressType) {
    return new elb.ApplicationTargetGroup(this, id, {
      vpc, targetGroupName, targetType: elb.TargetType.IP, ipAddressType,
      protocol: elb.ApplicationProtocol.HTTP, port: PORT, deregistrationDelay: Duration.seconds(10),
      healthCheck: {
        path: "/", healthyHttpCodes: "200,404", interval: Duration.seconds(30), timeout: Duration.seconds(10),
        healthyThresholdCount: 3, unhealthyThresholdCount: 3,
      },
    });
  }
}

class JavaFunction extends Construct {
  constructor(scope, module, functionName, timeout, environment, deadLetterQueue) {
    super(scope, "Function");
    const logGroup = new logs.LogGroup(this, "LogGroup", {
      retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new iam.Role(this, "Role", { assumedBy: new iam.ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(this.role);
    const fn = new lambda.Function(this, "Function", {
      functionName, runtime: lambda.Runtime.JAVA_25, architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(path.resolve(__dirname, "../../../lambda", module, "target/package")),
      handler: `colorteller.${module.replace("-", "")}.${module.replace(/(^|-)(.)/g, (_, hyphen, letter) => letter.toUpperCase())}Handler`,
      memorySize: 512, timeout, environment, role: this.role, logGroup,
      snapStart: lambda.SnapStartConf.ON_PUBLISHED_VERSIONS, deadLetterQueue,
    });
    Annotations.of(fn).acknowledgeWarning("@aws-cdk/aws-lambda:snapStartRequirePublish");
    fn.addEnvironment("POWERTOOLS_SERVICE_NAME", module);
    this.alias = new lambda.Alias(this, "Alias", { aliasName: "live", version: fn.currentVersion });
  }

  allow(actions, resources, conditions = {}) {
    this.role.addToPolicy(new iam.PolicyStatement({ actions, resources: [resources].flat(), conditions }));
  }
}

class GatewayTargets extends Construct {
  constructor(stack, name, service, group) {
    super(stack, "GatewayTargets");
    const deadLetters = new sqs.Queue(this, "DeadLetters", {
      encryption: sqs.QueueEncryption.SQS_MANAGED, enforceSSL: true, retentionPeriod: Duration.hours(1),
    });
    const fn = new JavaFunction(this, "gateway-targets", name, Duration.minutes(1), {
      CLUSTER: stack.cluster.clusterName, SERVICE: service.serviceName, TARGET_GROUP_ARN: group.targetGroupArn,
      PORT: `${PORT}`, SETTLE_SECONDS: "10",
    }, deadLetters);
    fn.allow(["ecs:DescribeTasks"], tasksOf(stack));
    fn.allow(["ecs:ListTasks"], "*", { ArnEquals: { "ecs:cluster": stack.cluster.clusterArn } });
    fn.allow(["elasticloadbalancing:DescribeTargetHealth"], "*");
    fn.allow(["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"], group.targetGroupArn);
    const wake = new targets.LambdaFunction(fn.alias);
    const taskChanged = new events.Rule(this, "TaskChanged", {
      description: "A task of the gateway has changed its state",
      eventPattern: {
        detail: { clusterArn: [stack.cluster.clusterArn], group: [`service:${service.serviceName}`] },
        detailType: ["ECS Task State Change"], source: ["aws.ecs"],
      },
      targets: [wake],
    });
    const schedule = new events.Rule(this, "Schedule", {
      description: "In case an event was lost", schedule: events.Schedule.rate(Duration.minutes(5)), targets: [wake],
    });
    for (const rule of [taskChanged, schedule]) {
      rule.node.findChild(`AllowEventRule${Names.nodeUniqueId(fn.alias.node)}`)
        .overrideLogicalId(`GatewayTargets${rule.node.id}Permission`);
    }
    new cloudwatch.Alarm(this, "Failed", {
      alarmDescription: "The IPv6 target group could not be kept up to date in the last hour; see the function's log",
      metric: deadLetters.metricApproximateNumberOfMessagesVisible(), threshold: 0,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD, evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
  }
}

const tasksOf = (stack) =>
  `arn:${stack.partition}:ecs:${stack.region}:${stack.account}:task/${stack.cluster.clusterName}/*`;

class Verifier extends Construct {
  constructor(stack, name, variant, url) {
    super(stack, "Verifier");
    const fn = new JavaFunction(this, "walkthrough-verifier", name, Duration.minutes(15), {
      VARIANT: variant, MESH_NAME: stack.meshName, ENDPOINT_IPV4: url, ENDPOINT_IPV6: `${url}:81`,
      ROUNDS: "16", PAUSE_SECONDS: "20", LIMIT_SECONDS: "720",
    });
    const mesh = `arn:${stack.partition}:appmesh:${stack.region}:${stack.account}:mesh/${stack.meshName}`;
    fn.allow(["appmesh:DescribeMesh", "appmesh:ListVirtualGateways", "appmesh:ListVirtualNodes",
      "appmesh:ListVirtualServices"], mesh);
    fn.allow(["appmesh:DescribeVirtualGateway", "appmesh:ListGatewayRoutes"], `${mesh}/virtualGateway/colorgateway-vg`);
    const each = (name) => COLORS.map(([color, number]) => name(color, number));
    fn.allow(["appmesh:DescribeGatewayRoute"],
      each((color) => `${mesh}/virtualGateway/colorgateway-vg/gatewayRoute/colorgateway-route-${color}`));
    fn.allow(["appmesh:DescribeVirtualNode"], each((color) => `${mesh}/virtualNode/colorteller-${color}-vn`));
    fn.allow(["appmesh:DescribeVirtualService"],
      each((_, number) => `${mesh}/virtualService/colorteller-${number}.${DOMAIN}`));
    fn.allow(["servicediscovery:DiscoverInstances"], "*", {
      StringEquals: {
        "servicediscovery:NamespaceName": `${DOMAIN}.${variant}`,
        "servicediscovery:ServiceName": each((color) => `colorteller-${color}`),
      },
    });
    fn.allow(["ecs:DescribeTasks"], tasksOf(stack));
    fn.allow(["ecs:DescribeTaskDefinition"], "*");
  }
}

class ServiceStack extends Stack {
  constructor(scope, variant) {
    super(scope, `${PROJECT}-${variant}-ecs-service`);
    const vpc = sharedVpc(this);
    const [ipv4Only, dualStack] = vpc.privateSubnets;
    const groups = new SecurityGroups(this, vpc);
    this.cluster = ecs.Cluster.fromClusterAttributes(this, "Cluster", { clusterName: shared("ECSCluster"), vpc });
    this.namespace = sd.PrivateDnsNamespace.fromPrivateDnsNamespaceAttributes(this, "Namespace", {
      namespaceName: `${DOMAIN}.${variant}`, namespaceId: shared(`${capital(variant)}Namespace`), namespaceArn: "",
    });
    this.logGroup = logs.LogGroup.fromLogGroupName(this, "LogGroup", shared("ECSServiceLogGroup"));
    const account = this.regionalFact(FactName.APPMESH_ECR_ACCOUNT);
    this.envoyImage = ecs.ContainerImage.fromEcrRepository(
      ecr.Repository.fromRepositoryAttributes(this, "EnvoyImage", {
        repositoryName: "aws-appmesh-envoy",
        repositoryArn: `arn:${this.partition}:ecr:${this.region}:${account}:repository/aws-appmesh-envoy`,
      }), "v1.29.12.1-prod");
    this.colortellerImage = ecs.ContainerImage.fromDockerImageAsset(
      new assets.DockerImageAsset(this, "ColortellerImage", {
        directory: path.resolve(__dirname, "../../../src/colorteller"), platform: assets.Platform.LINUX_ARM64,
      }));
    this.meshName = `${PROJECT}-${variant}-mesh`;
    for (const [color, , dual, families] of COLORS) {
      new ColortellerService(this, color, dual, families, dual ? dualStack : ipv4Only, groups.nodes);
    }
    const gateway = new ColorgatewayService(this, dualStack, groups.gateway);
    const balancer = new GatewayLoadBalancer(
      this, vpc, `${PROJECT}-web-${variant}`, gateway.service, groups.loadBalancer);
    const url = `http://${balancer.loadBalancer.loadBalancerDnsName}`;
    new GatewayTargets(this, `${PROJECT}-${variant}-gateway-targets`, gateway.service, balancer.ipv6Targets);
    new Verifier(this, `${PROJECT}-${variant}-verifier`, variant, url);
    new CfnOutput(this, "ColorAppEndpoint", { value: url });
    new CfnOutput(this, "ColorAppEndpointIpv6", { description: "Reaches the gateway by IPv6", value: `${url}:81` });
  }
}

const app = new App();
const vpc = new VpcStack(app);
const cluster = new ClusterStack(app);
cluster.addStackDependency(vpc);
for (const variant of ["dns", "cloud"]) {
  const mesh = new MeshStack(app, variant);
  const services = new ServiceStack(app, variant);
  services.addStackDependency(cluster);
  services.addStackDependency(mesh);
}
app.synth();
