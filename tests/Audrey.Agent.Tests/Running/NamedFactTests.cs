using System.Globalization;
using System.Text;
using Audrey.Agent.Diagnostics;
using Audrey.Agent.Stages;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Running;

/// <summary>The guest gives the fact that the conductor names for a provided parameter over HTTP.</summary>
public sealed class NamedFactTests : IAsyncLifetime
{
    private readonly FakeConfigServer _server = new() { MaxVersion = 3 };
    private Guest _guest = null!;

    public Task InitializeAsync()
    {
        _guest = new Guest(_server.Endpoint) { Version = 3 };
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _guest.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_parameter_has_the_value_of_its_fact_whatever_its_name_is()
    {
        Name("processors", "Host.cpus");
        Name("hostname", "Host.architecture");

        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync());

        Assert.Equal(Environment.ProcessorCount, int.Parse(Given("processors"), CultureInfo.InvariantCulture));
        Assert.Contains(Given("hostname"), new[] { "x86_64", "aarch64" });
    }

    [Theory]
    [InlineData("Host.nothing", "p is not given, because Host.nothing is not known: there is no such fact")]
    [InlineData("Nothing.cpus", "p: this guest has no facts of class Nothing.")]
    public async Task An_unknown_fact_is_not_given_and_the_log_says_why(string fact, string line)
    {
        Name("p", fact);

        Assert.Equal(AgentExitCode.Incomplete, await _guest.RunAsync(new RunOptions { Once = true }));

        Assert.Empty(_server.Given);
        Assert.Contains(_guest.Log, written => written.Contains(line, StringComparison.Ordinal));
    }

    private void Name(string parameter, string fact)
    {
        _server.Provided.Add(parameter);
        _server.NamedFacts[parameter] = fact;
    }

    private string Given(string parameter) => Encoding.UTF8.GetString(_server.Given[parameter]);
}
