using System.Reflection;
using Orleans;

namespace Audrey.Architecture.Tests.Contracts;

public sealed class ContractTests
{
    [Fact]
    public void There_are_contracts() => Assert.True(Serializable.Types.Count > 20);

    [Fact]
    public void Every_contract_is_sealed() => Rule.Holds(
        "A derived type would travel under a name that an older silo does not know:",
        from type in Serializable.Types
        where !type.IsSealed
        select type.FullName);

    [Fact]
    public void Every_contract_has_an_alias_of_its_own() => Rule.Holds(
        "Bytes name types by alias, so that types can be moved and renamed; two types under one alias cannot be told apart:",
        from type in Serializable.Types
        group type by Serializable.AliasOf(type) ?? "(none)" into same
        where same.Key == "(none)" || same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same.Select(type => type.FullName))}");

    [Fact]
    public void Every_member_of_a_contract_has_a_number_of_its_own() => Rule.Holds(
        "Bytes name members by number; without one, or with one twice, values are lost or land elsewhere:",
        from type in Serializable.Types
        from member in Serializable.MembersOf(type)
        group member by (type, Id: member.Id?.ToString() ?? "none") into same
        where same.Key.Id == "none" || same.Count() > 1
        select $"{same.Key.type.FullName}, number {same.Key.Id}: {string.Join(", ", same.Select(member => member.Name))}");

    [Fact]
    public void Every_grain_interface_and_method_has_an_alias() => Rule.Holds(
        "Calls name interfaces and methods by alias, so that silos of two versions understand each other while one replaces the other:",
        from type in Repository.TypesOf("Audrey.Abstractions", "Audrey.Grains")
        where type.IsInterface && type.IsAssignableTo(typeof(IGrain))
        from member in type.GetMethods().Cast<MemberInfo>().Prepend(type)
        where !member.IsDefined(typeof(AliasAttribute))
        select $"{type.FullName} {member.Name}");

    [Fact]
    public void Every_state_has_a_name_of_its_own() => Rule.Holds(
        "Rows are found by state name and key alone, so two grains with one state name would share rows:",
        from state in PersistentStates.All
        group state.Grain.Name by state.Name into same
        where same.Count() > 1
        select $"{same.Key}: {string.Join(", ", same)}");

    [Fact]
    public void The_page_on_grains_names_every_state() => Rule.Holds(
        "Whoever looks into the database finds each row's owner in docs/grains.md:",
        from state in PersistentStates.All
        where !Repository.Read("docs/grains.md").Contains($"`{state.Name}`", StringComparison.Ordinal)
        select $"{state.Name} of {state.Grain.Name}");
}
