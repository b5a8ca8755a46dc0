using Audrey.Core.Deployables;
using Audrey.Core.Documents;
using Audrey.Core.Planning;

namespace Audrey.Core.Tests.Planning;

/// <summary>A deployable with a web server and a database that depend on each other.</summary>
internal static class Shop
{
    public static DeployableDocument Document { get; } = new()
    {
        Name = "Shop",
        Assemblies = [Web, Database],
    };

    public static AssemblyDocument Web => new()
    {
        Name = "web",
        HardwareProfile = "small",
        Image = new ImageDocument("image-1", "build-2"),
        Returns = [new ReturnDocument("ipaddress"), new ReturnDocument("token", Secret: true)],
        Services =
        [
            new ServiceDocument
            {
                Name = "http",
                Executable = new SourceFile { Contents = "#!/bin/sh\nexit 0\n" },
                Parameters =
                [
                    new ParameterDocument { Name = "port", Type = ParameterType.Integer, Value = "8080" },
                    new ParameterDocument { Name = "db", Reference = Returned("db", "ipaddress") },
                    new ParameterDocument
                    {
                        Name = "ready",
                        Reference = new ReferenceDocument { Assembly = "db", Kind = ReferenceKind.ServiceEnd, Name = "mysql" },
                    },
                ],
            },
        ],
    };

    public static AssemblyDocument Database => new()
    {
        Name = "db",
        HardwareProfile = "large",
        Returns = [new ReturnDocument("ipaddress")],
        Services =
        [
            new ServiceDocument
            {
                Name = "mysql",
                Executable = new SourceFile { Url = "https://scripts.example.com/mysql.sh" },
                Parameters =
                [
                    new ParameterDocument { Name = "password", Secret = true, Value = "hunter2" },
                    new ParameterDocument { Name = "web", Reference = Returned("web", "ipaddress") },
                ],
            },
        ],
    };

    public static ReferenceDocument Returned(string assembly, string name) =>
        new() { Assembly = assembly, Kind = ReferenceKind.ProvidedParameter, Name = name };

    /// <summary>Returns a deployable with one service and one parameter.</summary>
    public static DeployableDocument With(ParameterDocument parameter) => new()
    {
        Name = "One",
        Assemblies =
        [
            new AssemblyDocument
            {
                Name = "web",
                Services = [new ServiceDocument { Name = "http", Classes = ["apache"], Parameters = [parameter] }],
            },
        ],
    };

    public static LaunchOptions Options(params string[] given) => new()
    {
        Endpoint = new Uri("http://config.example.com:4567/"),
        Identities = new CountedIdentities(),
        Given =
        [
            .. given.Select(
                text => LaunchValue.TryParse(text, out var value, out var problem) ? value : throw new ArgumentException(problem)),
        ],
    };

    public static LaunchPlan Plan(DeployableDocument document, params string[] given)
    {
        var result = LaunchPlanner.Plan(document, Options(given));
        return result.Plan ?? throw new InvalidOperationException(string.Join("; ", result.Findings));
    }

    public static string[] Problems(DeployableDocument document, params string[] given)
    {
        var result = LaunchPlanner.Plan(document, Options(given));
        Assert.Null(result.Plan);
        return [.. result.Findings.Select(problem => problem.ToString())];
    }
}
