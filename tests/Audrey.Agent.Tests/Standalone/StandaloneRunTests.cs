using Audrey.Agent.Commands;
using Audrey.Agent.Running;
using Audrey.Agent.State;
using Audrey.Agent.Tests.Support;

namespace Audrey.Agent.Tests.Standalone;

public sealed class StandaloneRunTests : IDisposable
{
    private readonly Guest _guest = new(new Uri("http://unused.invalid"));

    public void Dispose() => _guest.Dispose();

    [Fact]
    public async Task Services_run_in_their_order_with_files_and_parameters_and_once_for_each_configuration()
    {
        Assert.Equal(ExitCode.Success, await _guest.RunAsync(Config("one")));
        Assert.Equal(ExitCode.Success, await _guest.RunAsync(Config("one")));
        Assert.Equal("first one\nsecond\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal(ExitCode.Success, await _guest.RunAsync(Config("two")));
        Assert.Equal("first one\nsecond\nfirst two\n", await File.ReadAllTextAsync(_guest.File("out")));
        Assert.Equal([("b", ServiceState.Succeeded), ("a", ServiceState.Succeeded)], _guest.Status.Services.Select(service => (service.Name, service.State)));
    }

    [Fact]
    public async Task A_failed_service_keeps_none_of_the_others_from_running_and_is_told()
    {
        var text = "audrey: 1\nservices:\n- { name: bad, executable: \"#!/bin/sh\\nexit 4\" }\n- { name: good, executable: \"#!/bin/sh\\n\" }\n";
        Assert.Equal(ExitCode.ServiceFailed, await _guest.RunAsync(text));
        Assert.Equal([4, 0], _guest.Status.Services.Select(service => service.ExitStatus));
        Assert.Equal(Phase.Failed, _guest.Status.Phase);
    }

    [Fact]
    public async Task User_data_that_is_not_understood_shows_in_the_status()
    {
        var problem = await Assert.ThrowsAsync<AgentException>(() => _guest.RunAsync("audrey: 7"));
        Assert.Equal((Phase.Stopped, problem.Message), (_guest.Status.Phase, _guest.Status.Trouble));
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
