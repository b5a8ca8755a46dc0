using Audrey.Agent.Diagnostics;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Running;

public sealed class StandaloneRunTests : IDisposable
{
    private readonly Guest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public async Task Services_run_in_order_and_once_for_each_configuration()
    {
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(Config("one")));
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(Config("one")));
        Assert.Equal("first one\nsecond\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal(AgentExitCode.Success, await _guest.RunAsync(Config("two")));
        Assert.Equal("first one\nsecond\nfirst two\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal([("b", ServiceRunState.Succeeded), ("a", ServiceRunState.Succeeded)],
            _guest.Status.Services.Select(service => (service.Name, service.State)));
    }

    [Fact]
    public async Task A_failed_service_does_not_stop_the_others_and_is_reported()
    {
        var text = "audrey: 1\nservices:\n"
            + "- { name: bad, executable: \"#!/bin/sh\\nexit 4\" }\n- { name: good, executable: \"#!/bin/sh\\n\" }\n";
        Assert.Equal(AgentExitCode.ServiceFailed, await _guest.RunAsync(text));
        Assert.Equal([4, 0], _guest.Status.Services.Select(service => service.ExitStatus));
        Assert.Equal(RunPhase.Failed, _guest.Status.Phase);
    }

    [Fact]
    public async Task Wrong_user_data_is_shown_in_the_status()
    {
        var problem = await Assert.ThrowsAsync<AgentException>(() => _guest.RunAsync("audrey: 7"));
        Assert.Equal((RunPhase.Stopped, problem.Message), (_guest.Status.Phase, _guest.Status.Problem));
    }

    private string Config(string value) =>
        $$"""
        audrey: 1
        services:
          - name: b
            executable: |
              #!/bin/sh
              echo "$(cat word) $AUDREY_VAR_b_v" >>{{_guest.File("out")}}
            files: { word: "first" }
            parameters: { v: "{{value}}" }
          - name: a
            executable: "#!/bin/sh\necho second >>{{_guest.File("out")}}\n"
        """;
}
