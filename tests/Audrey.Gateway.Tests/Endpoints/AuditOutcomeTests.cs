using System.Reflection;
using Audrey.Abstractions.Conductors;
using Audrey.Core.Auditing;
using Audrey.Gateway.Endpoints.Conductors;
using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Tests.Endpoints;

public sealed class AuditOutcomeTests
{
    private static readonly string[] Types =
    [
        .. from field in typeof(ProblemTypes).GetFields(BindingFlags.Public | BindingFlags.Static)
           select (string)field.GetRawConstantValue()!,
    ];

    public static TheoryData<ConductorOutcome> Outcomes => [.. Enum.GetValues<ConductorOutcome>()];

    public static TheoryData<CredentialOutcome> CredentialOutcomes => [.. Enum.GetValues<CredentialOutcome>()];

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void An_outcome_has_the_same_name_in_the_audit_trail_of_all_versions(ConductorOutcome outcome)
    {
        var (described, problem) = (DescribedOutcome.Of(outcome), ConductorProblems.Find(outcome, ["the reason"]));
        Assert.Equal((problem?.Type ?? ProblemTypes.Of(AuditActions.Done), problem?.Status ?? 200),
            (ProblemTypes.Of(described.Name), described.Status));
        AssertIsNamed(described);
    }

    [Theory]
    [MemberData(nameof(CredentialOutcomes))]
    public void An_outcome_on_a_credential_has_the_name_of_a_problem(CredentialOutcome outcome) =>
        AssertIsNamed(DescribedOutcome.Of(outcome));

    private static void AssertIsNamed(DescribedOutcome outcome)
    {
        if (outcome.Name != AuditActions.Done) Assert.Contains(ProblemTypes.Of(outcome.Name), Types);
        Assert.NotEqual(ProblemTypes.Failed, ProblemTypes.Of(outcome.Name));
    }
}
