using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Core.Registration;
using static Audrey.Core.Tests.Registration.Some;

namespace Audrey.Core.Tests.Registration;

public sealed class RegistrationDigestTests
{
    private static readonly ParameterConfig Parameter = new() { Name = "p", Value = [1] };
    private static readonly ParameterReference Reference = new(InstanceId.Parse("db-1"), ReferenceKind.ProvidedParameter, "ip");

    private static readonly GroupReference Group = new()
    {
        Assembly = "db",
        Members = [InstanceId.Parse("db-1"), InstanceId.Parse("db-2")],
        Kind = ReferenceKind.ProvidedParameter,
        Name = "ip",
    };

    [Fact]
    public void The_order_of_instances_does_not_change_the_digest() => Assert.Equal(
        RegistrationDigest.Compute([Instance("a"), Instance("b")], null),
        RegistrationDigest.Compute([Instance("b"), Instance("a")], null));

    [Fact]
    public void Equal_registrations_without_shared_objects_have_the_same_digest() => Assert.Equal(
        RegistrationDigest.Compute(
            [With(new ParameterConfig { Name = "p", Group = Group with { Members = [.. Group.Members.ToArray()] } })],
            TimeSpan.FromHours(1)),
        RegistrationDigest.Compute([With(new ParameterConfig { Name = "p", Group = Group })], TimeSpan.FromHours(1)));

    [Fact]
    public void A_change_of_anything_that_is_registered_changes_the_digest()
    {
        var web = Instance("web");
        var service = Service("s");
        InstanceConfig[] all =
        [
            web,
            Instance("web-2"),
            web with { Name = "other" },
            web with { Secret = "other" },
            web with { Type = "" },
            web with { Deployable = DeployableId.Parse("other") },
            web with { DeployableName = "other" },
            web with { Template = "" },
            web with { ProvidedParameters = ["a"] },
            web with { ProvidedParameters = ["a", ""] },
            web with { ProvidedParameters = ["a"], SecretParameters = ["a"] },
            web with { SecretParameters = ["a"] },
            web with { Ordinal = 0 },
            web with { Ordinal = 1 },
            web with { Stay = false },
            web with { Stay = true },
            web with { Ordinal = 1, Stay = true },
            web with { Services = [service] },
            web with { Services = [service, service] },
            web with { Services = [service with { Name = "other" }] },
            web with { Services = [service with { Classes = ["a"] }] },
            web with { Services = [service with { Executable = new() { Url = "u" } }] },
            web with { Services = [service with { Executable = new() { Contents = "u" } }] },
            web with { Services = [service with { Executable = new() { FileName = "u" } }] },
            web with { Services = [service with { Files = [new() { Url = "u" }] }] },
            With(Parameter),
            With(Parameter with { Name = "q" }),
            With(Parameter with { Value = [] }),
            With(Parameter with { Value = [1, 2] }),
            With(Parameter with { Secret = true }),
            With(Parameter with { Type = ParameterType.Integer }),
            With(Parameter with { Value = null, Default = [1] }),
            With(Parameter with { Reference = Reference }),
            With(Parameter with { Reference = Reference with { Name = "port" } }),
            With(Parameter with { Reference = Reference with { Kind = ReferenceKind.ServiceEnd } }),
            With(Parameter with { Reference = Reference with { Provider = InstanceId.Parse("db-2") } }),
            With(Parameter with { Group = Group }),
            With(Parameter with { Group = Group with { Assembly = "other" } }),
            With(Parameter with { Group = Group with { Members = [InstanceId.Parse("db-2"), InstanceId.Parse("db-1")] } }),
            With(Parameter with { Group = Group with { Members = [InstanceId.Parse("db-1")] } }),
            With(Parameter with { Group = Group with { Kind = ReferenceKind.ServiceEnd } }),
            With(Parameter with { Group = Group with { Name = "port" } }),
            With(Parameter with { Group = Group with { First = 1 } }),
            With(Parameter with { Group = Group with { AtLeast = 1 } }),
        ];
        var digests = all.Select(instance => RegistrationDigest.Compute([instance], null))
            .Append(RegistrationDigest.Compute([web], TimeSpan.FromSeconds(1)))
            .Append(RegistrationDigest.Compute([web, Instance("other")], null))
            .ToList();

        Assert.Equal(digests.Count, digests.Distinct().Count());
    }

    private static InstanceConfig With(ParameterConfig parameter) => Instance("web", Service("s", parameter));
}
