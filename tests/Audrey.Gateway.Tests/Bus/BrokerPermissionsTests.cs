using Audrey.Gateway.Bus;

namespace Audrey.Gateway.Tests.Bus;

public sealed class BrokerPermissionsTests
{
    [Theory]
    [InlineData("exchange", "qmf.default.topic", "write", true)]
    [InlineData("exchange", "qmf.default.topic", "read", true)]
    [InlineData("exchange", "qmf.default.topic", "configure", false)]
    [InlineData("exchange", "qmf.default.direct", "write", true)]
    [InlineData("exchange", "qmf.default.direct", "read", true)]
    [InlineData("exchange", "qmf.default.direct", "configure", false)]
    [InlineData("exchange", "amq.topic", "read", false)]
    [InlineData("queue", "amq.gen-Xyz", "configure", true)]
    [InlineData("queue", "amq.gen-Xyz", "read", true)]
    [InlineData("queue", "audrey", "read", false)]
    [InlineData("queue", "audrey", "configure", false)]
    [InlineData("vhost", "qmf.default.topic", "read", false)]
    public void An_instance_uses_the_exchanges_of_QMF_and_queues_of_its_own(
        string resource, string name, string permission, bool isAllowed) =>
        Assert.Equal(isAllowed, BrokerPermissions.MayUse(resource, name, permission));

    [Theory]
    [InlineData("agent.ind.heartbeat.audrey.guest", "write", true)]
    [InlineData("agent.ind.data.audrey.Sysconfig.audrey.guest.x", "write", true)]
    [InlineData("direct-console.1", "write", true)]
    [InlineData("console.request.agent_locate", "write", false)]
    [InlineData("direct-agent.route.1", "write", false)]
    [InlineData("console.#", "read", true)]
    [InlineData("console.request.agent_locate", "read", true)]
    [InlineData("direct-agent.route.1", "read", true)]
    [InlineData("direct-agent.route.*", "read", false)]
    [InlineData("direct-agent.route.#", "read", false)]
    [InlineData("direct-agent.#", "read", false)]
    [InlineData("agent.#", "read", false)]
    [InlineData("agent.ind.#", "read", false)]
    [InlineData("direct-console.1", "read", false)]
    [InlineData("#", "read", false)]
    [InlineData("*.#", "read", false)]
    [InlineData("agent.ind.heartbeat", "configure", false)]
    public void An_instance_sends_and_receives_only_as_an_agent(string key, string permission, bool isAllowed)
    {
        Assert.Equal(isAllowed, BrokerPermissions.MayUseKey("qmf.default.topic", key, permission));
        Assert.False(BrokerPermissions.MayUseKey("amq.topic", key, permission));
    }
}
