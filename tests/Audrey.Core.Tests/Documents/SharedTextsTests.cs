using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Tests.Documents;

public sealed class SharedTextsTests
{
    [Fact]
    public void Configurations_that_are_read_separately_share_equal_texts_in_memory()
    {
        var (first, second) = (Config("web-1").WithSharedTexts(), Config("web-2").WithSharedTexts());

        Assert.Same(first.Deployable.Value, second.Deployable.Value);
        Assert.Same(first.DeployableName, second.DeployableName);
        Assert.Same(first.Name, second.Name);
        Assert.Same(first.ProvidedParameters[0], second.ProvidedParameters[0]);
        Assert.Same(first.Services[0].Name, second.Services[0].Name);
        Assert.Same(first.Services[0].Parameters[0].Name, second.Services[0].Parameters[0].Name);
        Assert.Same(first.Services[0].Parameters[0].Reference!.Provider.Value, second.Services[0].Parameters[0].Reference!.Provider.Value);
        Assert.Same(first.Services[0].Parameters[0].Reference!.Name, second.Services[0].Parameters[0].Reference!.Name);
    }

    [Fact]
    public void Sharing_texts_changes_nothing_else() => Assert.Equivalent(Config("web"), Config("web").WithSharedTexts(), strict: true);

    [Fact]
    public void Texts_stay_correct_when_the_table_is_full()
    {
        for (var number = 0; number < 20_000; number++)
        {
            var name = $"name {number}";
            Assert.Equal(name, (Config("web") with { DeployableName = name }).WithSharedTexts().DeployableName);
        }
    }

    private static InstanceConfig Config(string id) => new()
    {
        Id = InstanceId.Parse(id),
        Name = New("an assembly"),
        Secret = "secret",
        Deployable = DeployableId.Parse(New("a deployable of two")),
        DeployableName = New("the deployable's name"),
        ProvidedParameters = [New("an address")],
        SecretParameters = ["an address"],
        Ordinal = 3,
        Services =
        [
            new()
            {
                Name = New("a web server"),
                Classes = ["one"],
                Parameters =
                [
                    new()
                    {
                        Name = New("a database"),
                        Reference = new(InstanceId.Parse(New("the database's id")), ReferenceKind.ProvidedParameter, New("the port")),
                        Default = "d"u8.ToArray(),
                        Secret = true,
                    },
                    new() { Name = "given", Value = "v"u8.ToArray(), Type = ParameterType.List },
                    new()
                    {
                        Name = "group",
                        Group = new()
                        {
                            Assembly = "g", Members = [InstanceId.Parse("m")], Kind = ReferenceKind.ServiceEnd, Name = "s", First = 1,
                        },
                    },
                ],
            },
            new() { Name = "without anything" },
        ],
    };

    /// <summary>Returns an equal string that is a new object, like a string that was read from a database.</summary>
    private static string New(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
