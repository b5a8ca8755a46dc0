using System.Text.Json.Nodes;
using Audrey.Abstractions.Conductors;
using Audrey.Abstractions.Launching;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Statuses;
using Audrey.EndToEnd.Tests.Protocol;
using Audrey.EndToEnd.Tests.Support;
using Audrey.Protocol.Version3;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using static Audrey.EndToEnd.Tests.Protocol.ServerFixture;

namespace Audrey.EndToEnd.Tests.Version3;

/// <summary>Tests the types of parameters and secret parameters. Documents of 2012 have neither.</summary>
[Collection(ServerCollection.Name)]
public sealed class TypedTests(ServerFixture server)
{
    [Theory]
    [InlineData(ParameterType.Integer, "-42", "-42", null)]
    [InlineData(ParameterType.Integer, "4x", "\"4x\"", "the value is not a whole number of 64 bits")]
    [InlineData(ParameterType.Boolean, "true", "true", null)]
    [InlineData(ParameterType.Boolean, "yes", "\"yes\"", "the value is neither true nor false")]
    [InlineData(ParameterType.List, "a\nb", "[\"a\",\"b\"]", null)]
    [InlineData(ParameterType.List, "", "[]", null)]
    [InlineData(ParameterType.List, "a\nb\n", "[\"a\",\"b\"]", null)]
    [InlineData(ParameterType.List, "\n", "[\"\"]", null)]
    [InlineData(ParameterType.Text, "7", "\"7\"", null)]
    public async Task A_value_has_the_JSON_type_of_its_parameter_or_is_a_text_with_a_problem(
        ParameterType type, string value, string json, string? problem)
    {
        // Another instance could give any value. Here the instance refers to its own value.
        var own = InstanceId.Parse(NewId("typed"));
        var guest = await Register(
            own, new ParameterConfig { Name = "p", Type = type, Reference = new(own, ReferenceKind.ProvidedParameter, "v") });
        await guest.Give(1, ("v", value));
        var parameter = (await guest.Configuration()).Services.Single().Parameters.Single();
        Assert.Equal(type.ToString().ToLowerInvariant(), parameter.Type);
        Assert.Equal((json, problem), (parameter.Value!.ToJsonString(), parameter.Problem));
        var conductor = server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var status = BasicClient.Read(await conductor.Get($"/v3/instances/{guest.Uuid}/report"), StatusJson.Default.InstanceStatus);
        Assert.Equal(
            problem is null ? [] : [$"'p' from 'v' of {guest.Uuid}: {problem}"], status.Services.Single().WrongValues.AsEnumerable());
    }

    [Fact]
    public async Task The_output_of_a_service_is_stored_without_secret_values_and_without_the_secret_of_the_guest()
    {
        var guest = await Register(new ParameterConfig { Name = "password", Secret = true, Value = "hunter2hunter2"u8.ToArray() });
        Assert.True((await guest.Configuration()).Services.Single().Parameters.Single().Secret);
        var output = new string('x', 5000) + $"\nlogin with hunter2hunter2 as {SecretOf(guest.Uuid)}\n";
        var report = new JsonObject
        {
            ["generation"] = 1,
            ["state"] = "ended",
            ["exitStatus"] = 1,
            ["durationSeconds"] = 1.5,
            ["output"] = output,
            ["message"] = "used hunter2hunter2",
        };
        Assert.True(BasicClient.Read(await guest.PutOwn("services/s", report), Version3Json.Default.Acknowledgement).Applied);
        Assert.False(BasicClient.Read(await guest.PutOwn("services/s", report), Version3Json.Default.Acknowledgement).Applied);

        var conductor = server.Server.Basic(RunningServer.ConductorKey, RunningServer.ConductorSecret);
        var answer = await conductor.Get($"/v3/instances/{guest.Uuid}/report");
        var service = BasicClient.Read(answer, StatusJson.Default.InstanceStatus).Services.Single();
        Assert.EndsWith("x\nlogin with [secret] as [secret]\n", service.Output, StringComparison.Ordinal);
        Assert.Equal(4096, service.Output!.Length);
        Assert.Equal(("used [secret]", "1", TimeSpan.FromSeconds(1.5)), (service.Message, service.ExitStatus, service.Duration));
        Assert.DoesNotContain("hunter2", answer.Text, StringComparison.Ordinal);
    }

    private Task<BasicClient> Register(params ParameterConfig[] parameters) => Register(InstanceId.Parse(NewId("typed")), parameters);

    private async Task<BasicClient> Register(InstanceId id, params ParameterConfig[] parameters)
    {
        var uuid = id.Value;
        var config = new InstanceConfig
        {
            Id = id,
            Name = "typed",
            Secret = SecretOf(uuid),
            Deployable = DeployableId.Parse(NewId("deployable")),
            DeployableName = "typed",
            ProvidedParameters = ["v"],
            Services =
            [
                new ServiceConfig
                {
                    Name = "s",
                    Executable = new SourceFile { FileName = "start", Contents = "#!/bin/sh\n" },
                    Parameters = [.. parameters],
                },
            ],
        };
        var registrar = server.Server.Services.GetRequiredService<IGrainFactory>().GetGrain<IRegistrarGrain>(0);
        var answer = await registrar.Register(new ConductorCommand(ConductorKey.Parse(RunningServer.ConductorKey), null), config);
        Assert.Equal(ConductorOutcome.Done, answer.Outcome);
        return server.Server.Basic(uuid, SecretOf(uuid));
    }
}
