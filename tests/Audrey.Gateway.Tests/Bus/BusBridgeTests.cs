using Audrey.Abstractions.Instances;
using Audrey.Bus.Qmf;
using Audrey.Gateway.Bus;
using Audrey.Gateway.Calls;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Settings;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Tests.Bus;

public sealed class BusBridgeTests
{
    private const string Other = "audrey:guest:other";

    private static readonly BusAddress Address = new(BusAddress.Topic, "agent.ind.data");

    private readonly BusBridge _bridge = new(
        new GrainCalls(Options.Create(new GatewayOptions()), [], TimeProvider.System, NullLogger<GrainCalls>.Instance),
        TimeProvider.System,
        NullLogger<BusBridge>.Instance);

    [Theory]
    [InlineData("mine")]
    [InlineData(null)]
    public async Task A_name_of_the_agent_of_another_instance_is_refused_wherever_it_stands_and_no_instance_is_called(string? user)
    {
        // A call of this grain would fail the test.
        var instance = new GuestCredential(null!, new InstanceCredential(1, "secret"));
        var values = new Dictionary<string, object?> { ["_values"] = new Dictionary<string, object?> { ["port"] = 1L } };
        var inBody = new Dictionary<string, object?>(values)
        {
            ["_object_id"] = new Dictionary<string, object?> { ["_agent_name"] = Other, ["_object_name"] = "Sysconfig" },
        };
        var inHeader = new Dictionary<string, object?>(values)
        {
            ["_schema_id"] = new Dictionary<string, object?> { ["_class_name"] = "Sysconfig" },
        };
        var agent = new Dictionary<string, object?>
        {
            ["_vendor"] = "audrey",
            ["_product"] = "guest",
            ["_instance"] = "other",
            ["_heartbeat_interval"] = 30UL,
        };
        QmfMessage[] messages =
        [
            new(QmfOpcodes.DataIndication, Address, new List<object?> { inBody }) { Agent = "audrey:guest:mine", Content = "_data" },
            new(QmfOpcodes.DataIndication, Address, new List<object?> { inHeader }) { Agent = Other, Content = "_data" },
            new(QmfOpcodes.Heartbeat, Address, new Dictionary<string, object?> { ["_values"] = agent }) { Agent = "audrey:guest:mine" },
        ];

        foreach (var message in messages)
        {
            var result = await _bridge.Pass(message with { UserId = user }, instance, isProven: false);
            Assert.False(result.IsAccepted);
            Assert.Contains(Other, result.Reason, StringComparison.Ordinal);
        }
    }
}
